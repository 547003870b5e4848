import { isDebianCodeName } from '../../distributions/index.ts';
import { isPlainText, quoted } from '../../plain-text.ts';
import type { ScanOutcome } from '../../scanner.ts';
import { named } from './named-distribution.ts';

/** `alpine-release`: a version and nothing else. */
export function readAlpineRelease(text: string): ScanOutcome {
  const versionId = text.trim();
  if (!isPlainText(versionId) || !/^\d+\.\d+/.test(versionId)) return unreadable(versionId);
  return { packages: [], distribution: named({ did: 'alpine', name: 'Alpine Linux', versionId }), problems: [] };
}

/** `debian_version`: `12.4` in a release, `trixie/sid` in testing and unstable. */
export function readDebianVersion(text: string): ScanOutcome {
  const version = text.trim();
  const debian = { did: 'debian', name: 'Debian GNU/Linux' };
  if (isPlainText(version) && /^\d+(\.\d+)*$/.test(version)) {
    return { packages: [], distribution: named({ ...debian, versionId: version }), problems: [] };
  }
  const codeName = isPlainText(version) ? debianCodeName(version) : '';
  if (codeName === '') return unreadable(version);
  return { packages: [], distribution: named({ ...debian, versionCodeName: codeName }), problems: [] };
}

/** The code name of `trixie/sid`, and of `trixie` when it is one; empty for anything else. */
export function debianCodeName(version: string): string {
  const [, codeName = '', sid = ''] = /^([a-z]+)(\/sid)?$/.exec(version) ?? [];
  return sid !== '' || isDebianCodeName(codeName) ? codeName : '';
}

function unreadable(text: string): ScanOutcome {
  return { packages: [], problems: [`not a version of the distribution: ${quoted(text)}`] };
}
