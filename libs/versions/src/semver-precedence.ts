import { compareText } from '@clair/model';
import { compareDigits } from './digits.ts';

/** Three numbers and the identifiers of a pre-release. Build metadata has no place in the order and is not kept. */
export interface SemverVersion {
  /** Digits, of any length. */
  readonly major: string;
  readonly minor: string;
  readonly patch: string;
  /** Empty for a release. */
  readonly prerelease: readonly string[];
}

/** The precedence of SemVer 2.0.0, section 11. @see https://semver.org/spec/v2.0.0.html#spec-item-11 */
export function compareSemver(a: SemverVersion, b: SemverVersion): number {
  return (
    compareDigits(a.major, b.major) ||
    compareDigits(a.minor, b.minor) ||
    compareDigits(a.patch, b.patch) ||
    comparePrerelease(a.prerelease, b.prerelease)
  );
}

/**
 * Orders the identifiers of two pre-releases: none at all (the release) is newest; else identifier by identifier, a number before a word,
 * numbers by value, words in ASCII order; of two that agree as far as they go, the longer is newer.
 */
export function comparePrerelease(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return Number(a.length === 0) - Number(b.length === 0);
  const common = Math.min(a.length, b.length);
  for (let i = 0; i < common; i++) {
    const difference = compareIdentifier(a[i] ?? '', b[i] ?? '');
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

const NUMBER = /^[0-9]+$/;

function compareIdentifier(a: string, b: string): number {
  const isNumber = NUMBER.test(a);
  if (isNumber !== NUMBER.test(b)) return isNumber ? -1 : 1;
  return isNumber ? compareDigits(a, b) : compareText(a, b);
}
