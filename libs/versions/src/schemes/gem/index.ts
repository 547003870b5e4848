import { compareText, err, ok, type Result } from '@clair/model';
import { compareDigits, isDigit } from '../../digits.ts';
import { type MalformedVersion, VERSION_LENGTH_MAX, type VersionScheme } from '../../scheme.ts';

/** A version of RubyGems: its canonical segments, each a run of digits or of letters. */
export interface GemVersion {
  readonly segments: readonly string[];
}

const VERSION = /^[0-9]+(?:\.[0-9a-zA-Z]+)*(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;
const SEGMENT = /[0-9]+|[A-Za-z]+/g;
const ZEROS = /[0.]+/g;
const LETTER = /[A-Za-z]/;

/**
 * Versions of Ruby gems, ordered as `Gem::Version` of RubyGems 3.5 to 4.0 orders them: segments of digits and of letters, a letter makes a
 * pre-release, missing segments are 0.
 *
 * The platform (`-java`, `-x86_64-linux`) of a gem is no part of its version; whoever reads a gem's full name parts the two first.
 * @see https://docs.ruby-lang.org/en/3.4/Gem/Version.html
 */
export const gem = { id: 'gem', parse: parseGem, compare: compareGem } as const satisfies VersionScheme<GemVersion>;

function parseGem(text: string): Result<GemVersion, MalformedVersion> {
  const malformed = (reason: string) => err({ kind: 'malformed-version', text, reason } as const);
  if (text.length > VERSION_LENGTH_MAX) return malformed(`it is longer than ${VERSION_LENGTH_MAX} characters`);
  const trimmed = text.trim();
  // Gem::Version takes an empty version for 0.
  if (trimmed === '') return ok({ segments: [] });
  if (!isDigit(trimmed, 0)) return malformed('it does not start with a digit');
  if (!VERSION.test(trimmed))
    return malformed('it is not digits and letters between full stops, with at most a hyphened part after them');
  const dotted = trimmed.replaceAll('-', '.pre.');
  return ok({ segments: withoutZeros(dotted).match(SEGMENT) ?? [] });
}

/**
 * Without the first zeros that stand, as whole segments, before a letter: `1.0.0.a` is `1.a`. (Those at the end say nothing, for what is
 * missing is 0.)
 */
function withoutZeros(version: string): string {
  for (const { 0: run, index } of version.matchAll(ZEROS)) {
    const end = index + run.length;
    if (!LETTER.test(version.charAt(end))) continue;
    const start = index === 0 ? 0 : afterFirst('.', version, index);
    if (start < end) return version.slice(0, start) + version.slice(end);
  }
  return version;
}

function afterFirst(character: string, text: string, from: number): number {
  const at = text.indexOf(character, from);
  return at < 0 ? text.length : at + 1;
}

/** Lexicographic over segments, each of which has its place in one total order (letters, then numbers), the shorter filled up with 0. */
function compareGem(a: GemVersion, b: GemVersion): number {
  const length = Math.max(a.segments.length, b.segments.length);
  for (let i = 0; i < length; i++) {
    const difference = compareSegments(a.segments[i] ?? '0', b.segments[i] ?? '0');
    if (difference !== 0) return difference;
  }
  return 0;
}

function compareSegments(a: string, b: string): number {
  const isNumber = isDigit(a, 0);
  if (isNumber !== isDigit(b, 0)) return isNumber ? 1 : -1;
  return isNumber ? compareDigits(a, b) : compareText(a, b);
}
