import { isPlainText, quoted } from '../../plain-text.ts';
import type { ScanOutcome } from '../../scanner.ts';
import { named } from './named-distribution.ts';
import { firstLine } from './release-line.ts';

/** `ID` by vendor and product. */
const IDS: ReadonlyMap<string, string> = new Map([
  ['almalinux:almalinux', 'almalinux'],
  ['amazon:amazon_linux', 'amzn'],
  ['amazon:linux', 'amzn'],
  ['centos:centos', 'centos'],
  ['centos:linux', 'centos'],
  ['fedoraproject:fedora', 'fedora'],
  ['oracle:linux', 'ol'],
  ['redhat:enterprise_linux', 'rhel'],
  ['rocky:rocky', 'rocky'],
]);

/** `system-release-cpe`: `cpe:/o:centos:linux:6:GA`, `cpe:/o:redhat:enterprise_linux:6server:ga:server`. */
export function readSystemReleaseCpe(text: string): ScanOutcome {
  const cpe = firstLine(text);
  const [, product = '', versionId] =
    /^cpe:(?:\/o|2\.3:o):([^:]+:[^:]+):(\d+(?:\.\d+)*)/.exec(isPlainText(cpe) ? cpe : '') ?? [];
  const did = IDS.get(product);
  if (did === undefined || versionId === undefined) {
    return { packages: [], problems: [`names no distribution and release: ${quoted(cpe)}`] };
  }
  return { packages: [], distribution: named({ did, cpe, versionId }), problems: [] };
}
