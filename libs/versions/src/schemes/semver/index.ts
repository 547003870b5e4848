import { err, ok, type Result } from '@clair/model';
import { type MalformedVersion, VERSION_LENGTH_MAX, type VersionScheme } from '../../scheme.ts';
import { compareSemver, type SemverVersion } from '../../semver-precedence.ts';

/**
 * Versions of npm and of crates.io: SemVer 2.0.0, and the forms that npm's own parser takes in its loose mode (`v1.2.3`, `=1.2.3`, `1.02.3`,
 * `1.0.0beta1`, spaces around). One or two numbers alone (`1.3`) are taken with zeros behind them, as both ecosystems read a bound.
 * @see https://semver.org/spec/v2.0.0.html
 * @see https://github.com/npm/node-semver#readme
 */
export const semver = {
  id: 'semver',
  parse: parseSemver,
  compare: compareSemver,
} as const satisfies VersionScheme<SemverVersion>;

/**
 * Without the look-ahead, giving back digits of the third number would make of `1.2.34.5` the pre-release `4.5` of 1.2.3, as npm does;
 * and it would take time in the square of the length.
 */
const SHAPE =
  /^[v=\s]*([0-9]+)(?:\.([0-9]+)(?:\.([0-9]+)(?![0-9])(?:-?([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?)?)?\s*$/;
const MORE_NUMBERS = /^[v=\s]*[0-9]+\.[0-9]+\.[0-9]+\.[0-9]/;

function parseSemver(text: string): Result<SemverVersion, MalformedVersion> {
  const malformed = (reason: string) => err({ kind: 'malformed-version', text, reason } as const);
  if (text.length > VERSION_LENGTH_MAX) return malformed(`it is longer than ${VERSION_LENGTH_MAX} characters`);
  if (text.trim() === '') return malformed('it is empty');
  const match = SHAPE.exec(text);
  if (match !== null) {
    const [, major = '', minor = '0', patch = '0', prerelease] = match;
    return ok({ major, minor, patch, prerelease: prerelease?.split('.') ?? [] });
  }
  if (MORE_NUMBERS.test(text)) return malformed('it has more than three numbers');
  return malformed('it is not N{.N{.N{-pre-release}{+build}}}');
}
