import { type Distribution, err, ok, type Result } from '@clair/model';
import { isDebianCodeName, namespaceOf } from '../../distributions.ts';
import { isPlainText, quoted } from '../../plain-text.ts';
import type { ScanOutcome } from '../../scanner.ts';
import { parseReleaseFields } from './fields.ts';

type ReadRelease = (text: string) => ScanOutcome;

/**
 * The files that say which distribution an image is, the most telling first. The three below os-release(5) are for
 * images that lack it or leave the version out of it. lsb-release comes before debian_version, which derivatives of
 * Debian ship too.
 */
const RELEASE_FILES: ReadonlyMap<string, ReadRelease> = new Map([
  ['etc/os-release', readOsRelease],
  ['usr/lib/os-release', readOsRelease],
  ['etc/lsb-release', readLsbRelease],
  ['etc/alpine-release', readAlpineRelease],
  ['etc/debian_version', readDebianVersion],
]);

/** Paths of the files that name the distribution, in the order in which they are believed. */
export const RELEASE_PATHS: readonly string[] = [...RELEASE_FILES.keys()];

/** Reads one of {@link RELEASE_PATHS}. */
export function readReleaseFile(
  path: string,
  text: string,
): Result<ScanOutcome, { kind: 'malformed'; reason: string }> {
  const read = RELEASE_FILES.get(path);
  return read === undefined ? err({ kind: 'malformed', reason: 'not a release file' }) : ok(read(text));
}

function readOsRelease(text: string): ScanOutcome {
  const { fields, problems } = parseReleaseFields(text);
  const field = (key: string): string => fields.get(key) ?? '';
  if (field('ID') === '') return { packages: [], problems: [...problems, 'no ID: the distribution is not named'] };
  const distribution = named({
    did: field('ID'),
    name: field('NAME'),
    version: field('VERSION'),
    versionCodeName: field('VERSION_CODENAME'),
    versionId: field('VERSION_ID'),
    arch: field('ARCHITECTURE'),
    cpe: field('CPE_NAME'),
    prettyName: field('PRETTY_NAME'),
  });
  return { packages: [], distribution, problems };
}

function readLsbRelease(text: string): ScanOutcome {
  const { fields, problems } = parseReleaseFields(text);
  const field = (key: string): string => fields.get(key) ?? '';
  // Ubuntu's lsb-release has these; files with only LSB_VERSION name no distribution, and that is no defect.
  if (field('DISTRIB_ID') === '') return { packages: [], problems };
  const distribution = named({
    did: field('DISTRIB_ID').toLowerCase(),
    name: field('DISTRIB_ID'),
    versionCodeName: field('DISTRIB_CODENAME'),
    versionId: field('DISTRIB_RELEASE'),
    prettyName: field('DISTRIB_DESCRIPTION'),
  });
  return { packages: [], distribution, problems };
}

function readAlpineRelease(text: string): ScanOutcome {
  const versionId = text.trim();
  if (!isPlainText(versionId) || !/^\d+\.\d+/.test(versionId)) return unreadable(versionId);
  return { packages: [], distribution: named({ did: 'alpine', name: 'Alpine Linux', versionId }), problems: [] };
}

/** `12.4` in a release, `trixie/sid` in testing and unstable. */
function readDebianVersion(text: string): ScanOutcome {
  const version = text.trim();
  const debian = { did: 'debian', name: 'Debian GNU/Linux' };
  if (/^\d+(\.\d+)*$/.test(version) && isPlainText(version)) {
    return { packages: [], distribution: named({ ...debian, versionId: version }), problems: [] };
  }
  const codeName = /^([a-z]+)(\/sid)?$/.exec(version)?.[1] ?? '';
  const isDebian = isDebianCodeName(codeName) || (version.endsWith('/sid') && codeName !== '' && isPlainText(version));
  if (!isDebian) return unreadable(version);
  return { packages: [], distribution: named({ ...debian, versionCodeName: codeName }), problems: [] };
}

function unreadable(text: string): ScanOutcome {
  return { packages: [], problems: [`not a version of the distribution: ${quoted(text)}`] };
}

function named(known: Partial<Distribution> & Pick<Distribution, 'did'>): Distribution {
  const blank = { name: '', version: '', versionCodeName: '', versionId: '', arch: '', cpe: '', prettyName: '' };
  const distribution = { ...blank, ...known };
  return { ...distribution, namespace: namespaceOf(distribution) };
}
