import { quoted } from '../../plain-text.ts';
import type { ScanOutcome } from '../../scanner.ts';
import { named } from './named-distribution.ts';
import { distributionOfNameAndVersion, firstLine } from './release-line.ts';

/**
 * `SuSE-release`, which SUSE wrote until os-release: a line `SUSE Linux Enterprise Server 11 (x86_64)`, then `VERSION = 11`
 * and `PATCHLEVEL = 4`, the service pack. 11 SP4 is the `VERSION_ID` 11.4; without a service pack it is 11.
 */
export function readSuseRelease(text: string): ScanOutcome {
  const line = firstLine(text);
  const distribution = distributionOfNameAndVersion(line);
  if (distribution === undefined) {
    return { packages: [], problems: [`names no distribution and release: ${quoted(line)}`] };
  }
  const { did, name, versionId, prettyName } = distribution;
  const servicePack = Number(/^PATCHLEVEL[ \t]*=[ \t]*(\d{1,2})[ \t]*\r?$/m.exec(text)?.[1] ?? '0');
  const withPack = servicePack > 0 && !versionId.includes('.') ? `${versionId}.${servicePack}` : versionId;
  return { packages: [], distribution: named({ did, name, versionId: withPack, prettyName }), problems: [] };
}
