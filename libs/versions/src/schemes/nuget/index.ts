import { err, ok, type Result } from '@clair/model';
import { compareDigits } from '../../digits.ts';
import { type MalformedVersion, VERSION_LENGTH_MAX, type VersionScheme } from '../../scheme.ts';
import { comparePrerelease } from '../../semver-precedence.ts';

/** A NuGet version: one to four numbers, and the labels of a pre-release. */
export interface NugetVersion {
  /** Digits; absent numbers are absent. */
  readonly numbers: readonly string[];
  /** In lower case, for case does not count; empty for a release. */
  readonly prerelease: readonly string[];
}

/**
 * NuGet's versions, `N{.N{.N{.N}}}{-labels}{+metadata}`, ordered as SemVer 2.0.0 with a fourth number and without regard to case.
 * @see https://learn.microsoft.com/en-us/nuget/concepts/package-versioning
 */
export const nuget = {
  id: 'nuget',
  parse: parseNuget,
  compare: compareNuget,
} as const satisfies VersionScheme<NugetVersion>;

const SHAPE =
  /^\s*([0-9]+(?:\.[0-9]+){0,3})(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?\s*$/;
const MORE_NUMBERS = /^\s*[0-9]+(?:\.[0-9]+){4}/;
const NUMBERS = 4;

function parseNuget(text: string): Result<NugetVersion, MalformedVersion> {
  const malformed = (reason: string) => err({ kind: 'malformed-version', text, reason } as const);
  if (text.length > VERSION_LENGTH_MAX) return malformed(`it is longer than ${VERSION_LENGTH_MAX} characters`);
  if (text.trim() === '') return malformed('it is empty');
  const match = SHAPE.exec(text);
  if (match !== null) {
    const [, numbers = '', labels] = match;
    return ok({ numbers: numbers.split('.'), prerelease: labels?.toLowerCase().split('.') ?? [] });
  }
  if (MORE_NUMBERS.test(text)) return malformed('it has more than four numbers');
  return malformed('it is not N{.N{.N{.N}}}{-labels}{+metadata}');
}

function compareNuget(a: NugetVersion, b: NugetVersion): number {
  for (let i = 0; i < NUMBERS; i++) {
    const difference = compareDigits(a.numbers[i] ?? '', b.numbers[i] ?? '');
    if (difference !== 0) return difference;
  }
  return comparePrerelease(a.prerelease, b.prerelease);
}
