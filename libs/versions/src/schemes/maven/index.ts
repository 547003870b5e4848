import { compareText, err, ok, type Result } from '@clair/model';
import { compareDigits, isDigit, skipZeros } from '../../digits.ts';
import { type MalformedVersion, VERSION_LENGTH_MAX, type VersionScheme } from '../../scheme.ts';

/** A number or a qualifier of a Maven version. */
export interface MavenToken {
  /** Digits, or a qualifier in small letters: `''` for the release itself (`ga`, `final`, `release`), `rc` for `cr`. */
  readonly text: string;
  /** Whether a hyphen, or the change between digits and letters, stands before it, not a full stop. */
  readonly isHyphened: boolean;
}

/** A Maven version without the tokens that say nothing: `1.0.0-GA` is `1`. */
export interface MavenVersion {
  readonly tokens: readonly MavenToken[];
}

const PIECE = /[.-]|[0-9]+|[^.0-9-]+/g;
/** What Maven's model refuses in the version of a project or of a dependency, and what no coordinate can carry. */
const REFUSED = /[\\/:"<>|?*\s\p{C}]/u;
const RELEASE = new Set(['ga', 'final', 'release']);
const ALIASES: Readonly<Record<string, string>> = { cr: 'rc' };
const ALIASES_BEFORE_DIGIT: Readonly<Record<string, string>> = { a: 'alpha', b: 'beta', m: 'milestone' };

/**
 * Versions of Maven artefacts, in the version order of Maven's POM reference, which `ComparableVersion` implements.
 *
 * Maven orders any text. Malformed is what no artefact can have for a version: an empty one, a property that nobody has filled in
 * (`${revision}`), and the characters that Maven's model refuses.
 * @see https://maven.apache.org/pom.html#version-order-specification
 */
export const maven = {
  id: 'maven',
  parse: parseMaven,
  compare: compareMaven,
} as const satisfies VersionScheme<MavenVersion>;

function parseMaven(text: string): Result<MavenVersion, MalformedVersion> {
  const malformed = (reason: string) => err({ kind: 'malformed-version', text, reason } as const);
  if (text.length > VERSION_LENGTH_MAX) return malformed(`it is longer than ${VERSION_LENGTH_MAX} characters`);
  if (text === '') return malformed('it is empty');
  if (text.includes('${')) return malformed('it holds a property that nobody has filled in');
  if (REFUSED.test(text)) return malformed('it holds a character that no version of Maven may have');
  return ok({ tokens: withoutNulls(tokensOf(text.toLowerCase())) });
}

function tokensOf(text: string): readonly MavenToken[] {
  const pieces = text.match(PIECE) ?? [];
  return pieces.flatMap((piece, i) => {
    const before = pieces[i - 1] ?? '.';
    const isAfterSeparator = isSeparator(before);
    // Nothing between two separators is a zero.
    if (isSeparator(piece)) return isAfterSeparator ? [{ text: '0', isHyphened: before === '-' }] : [];
    const token = isDigit(piece, 0) ? piece : qualifier(piece, isDigit(pieces[i + 1] ?? '', 0));
    return [{ text: token, isHyphened: !isAfterSeparator || before === '-' }];
  });
}

function isSeparator(piece: string): boolean {
  return piece === '.' || piece === '-';
}

function qualifier(word: string, isBeforeDigit: boolean): string {
  if (RELEASE.has(word)) return '';
  return (isBeforeDigit ? ALIASES_BEFORE_DIGIT[word] : undefined) ?? ALIASES[word] ?? word;
}

/** Without the zeros and empty qualifiers at the end and before each hyphen; a qualifier is always taken for hyphened, as the order does. */
function withoutNulls(tokens: readonly MavenToken[]): readonly MavenToken[] {
  const kept: MavenToken[] = [];
  let sectionStart = 0;
  for (const token of tokens) {
    if (token.isHyphened || !isDigit(token.text, 0)) {
      dropNulls(kept, sectionStart);
      sectionStart = kept.length;
    }
    kept.push(token);
  }
  dropNulls(kept, sectionStart);
  return kept;
}

function dropNulls(tokens: MavenToken[], from: number): void {
  const last = tokens.findLastIndex((token) => skipZeros(token.text, 0) < token.text.length);
  tokens.length = Math.max(from, last + 1);
}

/**
 * Lexicographic over tokens, each of which (and the end) has its place in one total order, hence total itself. The end can be before every
 * number, also before 0: a zero that is left has a greater number after it, before the next hyphen.
 */
function compareMaven(a: MavenVersion, b: MavenVersion): number {
  const length = Math.max(a.tokens.length, b.tokens.length);
  for (let i = 0; i < length; i++) {
    const difference = compareTokens(a.tokens[i], b.tokens[i]);
    if (difference !== 0) return difference;
  }
  return 0;
}

function compareTokens(a: MavenToken | undefined, b: MavenToken | undefined): number {
  const [x, y] = [rank(a), rank(b)];
  if (x !== y) return x - y;
  if (x === UNKNOWN) return compareText(a?.text ?? '', b?.text ?? '');
  return x > UNKNOWN ? compareDigits(a?.text ?? '', b?.text ?? '') : 0;
}

const QUALIFIERS = ['alpha', 'beta', 'milestone', 'rc', 'snapshot', '', 'sp'];
const UNKNOWN = QUALIFIERS.length;

/** The qualifiers that have a place, of which the empty one is the end too; other words; a number after a hyphen; one after a full stop. */
function rank(token: MavenToken | undefined): number {
  if (token === undefined) return QUALIFIERS.indexOf('');
  if (isDigit(token.text, 0)) return token.isHyphened ? UNKNOWN + 1 : UNKNOWN + 2;
  const place = QUALIFIERS.indexOf(token.text);
  return place < 0 ? UNKNOWN : place;
}
