interface DebianRelease {
  /** What an image of it calls itself (`VERSION_ID`, or the major number of `debian_version` before there was an os-release). */
  readonly number: string;
  /** Whether the tracker publishes it today. What it no longer publishes it says nothing about. */
  readonly isTracked: boolean;
}

const untracked = (number: string): DebianRelease => ({ number, isTracked: false });
const tracked = (number: string): DebianRelease => ({ number, isTracked: true });

/**
 * Every release and codename that Debian has announced. The tracker drops a release when its long-term support ends: bullseye's
 * did on 2026-08-31, bookworm's does on 2028-06-30.
 * @see https://wiki.debian.org/DebianReleases
 */
const RELEASES: ReadonlyMap<string, DebianRelease> = new Map([
  ['buzz', untracked('1.1')],
  ['rex', untracked('1.2')],
  ['bo', untracked('1.3')],
  ['hamm', untracked('2.0')],
  ['slink', untracked('2.1')],
  ['potato', untracked('2.2')],
  ['woody', untracked('3.0')],
  ['sarge', untracked('3.1')],
  ['etch', untracked('4')],
  ['lenny', untracked('5')],
  ['squeeze', untracked('6')],
  ['wheezy', untracked('7')],
  ['jessie', untracked('8')],
  ['stretch', untracked('9')],
  ['buster', untracked('10')],
  ['bullseye', untracked('11')],
  ['bookworm', tracked('12')],
  ['trixie', tracked('13')],
  ['forky', tracked('14')],
  ['duke', untracked('15')],
  ['sid', tracked('sid')],
]);

/** The oldest release that images were made of. */
const OLDEST_CLAIMED = 7;

/** The namespace of a codename: `debian:12` of `bookworm`; `undefined` for one that is not in the table. */
export function namespaceOfCodename(codename: string): string | undefined {
  const release = RELEASES.get(codename);
  return release && `debian:${release.number}`;
}

/** The codename of a namespace; `undefined` for one that is not in the table. */
export function codenameOfNamespace(namespace: string): string | undefined {
  for (const codename of RELEASES.keys()) if (namespaceOfCodename(codename) === namespace) return codename;
  return undefined;
}

/** The namespaces of the releases that the tracker publishes today, oldest first. */
export const TRACKED_NAMESPACES: readonly string[] = [...RELEASES.values()]
  .filter((release) => release.isTracked)
  .map((release) => `debian:${release.number}`);

/**
 * The namespaces that a document may speak for, oldest first: also those of releases that the tracker has dropped, because a
 * mirror or an older document may have them still. Which of them it does speak for is seen by its rows.
 */
export const CLAIMED_NAMESPACES: readonly string[] = [...RELEASES.values()]
  .filter(({ number }) => number === 'sid' || Number(number) >= OLDEST_CLAIMED)
  .map(({ number }) => `debian:${number}`);
