import { endsOfLife } from './end-of-life.ts';
import type { DistributionIdentity, KnownDistribution } from './known-distribution.ts';

/**
 * The release numbers of Debian's code names, those of coming releases included.
 * @see https://www.debian.org/releases/
 */
const RELEASES: ReadonlyMap<string, number> = new Map([
  ['etch', 4],
  ['lenny', 5],
  ['squeeze', 6],
  ['wheezy', 7],
  ['jessie', 8],
  ['stretch', 9],
  ['buster', 10],
  ['bullseye', 11],
  ['bookworm', 12],
  ['trixie', 13],
  ['forky', 14],
  ['duke', 15],
]);

/**
 * A release ends with Debian LTS, whose fixes everybody gets and the tracker knows; what Freexian sells after it (ELTS)
 * is in another tracker. @see https://wiki.debian.org/LTS
 */
export const debian: KnownDistribution = {
  did: 'debian',
  title: 'Debian',
  packageType: 'deb',
  scheme: 'dpkg',
  namespace,
  advisories: 'read',
  endOfLife: endsOfLife('debian:', {
    '4': '2010-02-15',
    '5': '2012-02-06',
    '6': '2016-02-29',
    '7': '2018-05-31',
    '8': '2020-06-30',
    '9': '2022-06-30',
    '10': '2024-06-30',
    '11': '2026-08-31',
    '12': '2028-06-30',
    '13': '2030-06-30',
  }),
};

/** Whether the word is a code name of a Debian release in the table. */
export function isDebianCodeName(word: string): boolean {
  return RELEASES.has(word);
}

/** Testing and unstable have no `VERSION_ID`; they name the release they will become, or one that nobody has numbered. */
function namespace({ versionId, versionCodeName }: DistributionIdentity): string {
  const major = /^(\d+)(\.\d+)*$/.exec(versionId)?.[1];
  if (major !== undefined) return `debian:${Number(major)}`;
  if (versionId === 'sid') return 'debian:sid';
  if (versionId !== '' || versionCodeName === '') return '';
  const release = RELEASES.get(versionCodeName);
  return release === undefined ? 'debian:sid' : `debian:${release}`;
}
