import { err, ok, type Result } from '@clair/model';
import type { ScanOutcome } from '../../scanner.ts';
import { readLoginBanner } from './login-banner.ts';
import { readLsbRelease, readOsRelease } from './os-release-file.ts';
import { readReleaseLine } from './release-line.ts';
import { readSuseRelease } from './suse-release.ts';
import { readSystemReleaseCpe } from './system-release-cpe.ts';
import { readAlpineRelease, readDebianVersion } from './version-file.ts';

type ReadRelease = (text: string) => ScanOutcome;

/**
 * The files that say which distribution an image is, the most telling first. Those below os-release(5) are for images
 * that lack it or leave the version out of it.
 *
 * A vendor's own file comes before those that rebuilds ship in the name of another: Oracle's redhat-release says Red Hat.
 * lsb-release comes before debian_version, which derivatives of Debian ship too. The login banner is the last: anybody
 * may have written it.
 */
const RELEASE_FILES: ReadonlyMap<string, ReadRelease> = new Map([
  ['etc/os-release', readOsRelease],
  ['usr/lib/os-release', readOsRelease],
  ['etc/oracle-release', readReleaseLine],
  ['etc/enterprise-release', readReleaseLine],
  ['etc/almalinux-release', readReleaseLine],
  ['etc/rocky-release', readReleaseLine],
  ['etc/centos-release', readReleaseLine],
  ['etc/fedora-release', readReleaseLine],
  ['etc/photon-release', readReleaseLine],
  ['etc/mariner-release', readReleaseLine],
  ['etc/azurelinux-release', readReleaseLine],
  ['etc/SuSE-release', readSuseRelease],
  ['etc/system-release', readReleaseLine],
  ['etc/system-release-cpe', readSystemReleaseCpe],
  ['etc/redhat-release', readReleaseLine],
  ['etc/lsb-release', readLsbRelease],
  ['etc/alpine-release', readAlpineRelease],
  ['etc/debian_version', readDebianVersion],
  ['etc/issue', readLoginBanner],
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
