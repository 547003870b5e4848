import type { Distribution } from '@clair/model';
import { isPlainText } from '../../plain-text.ts';
import type { ScanOutcome } from '../../scanner.ts';
import { idOfName } from './distribution-names.ts';
import { named } from './named-distribution.ts';
import { distributionOfNameAndVersion, distributionOfReleaseLine, firstLine } from './release-line.ts';
import { debianCodeName } from './version-file.ts';

/**
 * `issue`, the text above the login prompt: `Welcome to Alpine Linux 3.3`, `Debian GNU/Linux 9 \n \l`. It is written for
 * people and often replaced, so only a name of the table counts, and a banner that names nothing is no defect.
 */
export function readLoginBanner(text: string): ScanOutcome {
  const line = firstLine(text).replace(/^Welcome to /, '');
  const distribution = isPlainText(line) ? distributionOfBanner(line) : undefined;
  return distribution === undefined ? { packages: [], problems: [] } : { packages: [], distribution, problems: [] };
}

function distributionOfBanner(line: string): Distribution | undefined {
  const [, name = '', codeName = ''] = /^(Debian GNU\/Linux) ([a-z]+\/sid)(?: |$)/.exec(line) ?? [];
  if (name !== '') return named({ did: 'debian', name, versionCodeName: debianCodeName(codeName) });
  const released = distributionOfReleaseLine(line);
  if (released !== undefined && idOfName(released.name) !== undefined) return released;
  return enterprise(line) ?? distributionOfNameAndVersion(line);
}

/** SUSE writes service packs as people say them: `SUSE Linux Enterprise Server 12 SP5  (x86_64) - Kernel \r (\l).` */
function enterprise(line: string): Distribution | undefined {
  const [, name = '', version = '', pack = ''] =
    /^(SUSE Linux Enterprise \w+) (\d{1,2}) SP(\d{1,2})(?: |$)/.exec(line) ?? [];
  const did = idOfName(name);
  return did === undefined ? undefined : named({ did, name, versionId: `${version}.${pack}`, prettyName: line });
}
