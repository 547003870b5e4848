import { compareText, err, ok, type Result } from '@clair/model';
import { compareDigits } from '../../digits.ts';
import { type MalformedVersion, VERSION_LENGTH_MAX, type VersionScheme } from '../../scheme.ts';

/** The pieces of an Alpine version, in the order in which they may appear. */
export type ApkTokenKind =
  | 'initial'
  | 'digits'
  | 'letter'
  | 'letter-number'
  | 'suffix'
  | 'suffix-number'
  | 'hash'
  | 'revision'
  | 'end';

export interface ApkToken {
  readonly kind: ApkTokenKind;
  readonly text: string;
}

/** An Alpine version as its tokens, the last of them `end`. */
export type ApkVersion = readonly ApkToken[];

/**
 * Alpine's package versions, `digits{.digits}{letter}{_suffix{digits}}{~hash}{-rdigits}`, ordered as apk-tools 3 orders them.
 * Malformed is what apk-tools' own validation refuses, with one exception: digits after the letter (`6.6.4p1`), which
 * apk-tools 2 took and Alpine shipped (opensmtpd) until version 3 refused them. Numbers may have any length (apk-tools wraps at 64 bits).
 * @see https://gitlab.alpinelinux.org/alpine/apk-tools/-/blob/master/src/version.c
 */
export const apk = { id: 'apk', parse: parseApk, compare: compareApk } as const satisfies VersionScheme<ApkVersion>;

const END: ApkToken = { kind: 'end', text: '' };

const SHAPE =
  /^([0-9]+(?:\.[0-9]+)*(?:[a-z][0-9]+(?:\.[0-9]+)*)*[a-z]?)((?:_(?:alpha|beta|pre|rc|cvs|svn|git|hg|p)[0-9]*)*)(?:~([0-9a-f]+))?(?:-r([0-9]+))?$/;
const PIECE = /([.a-z]?)([0-9]*)/g;
const SUFFIX = /_([a-z]+)([0-9]*)/g;

function parseApk(text: string): Result<ApkVersion, MalformedVersion> {
  const malformed = (reason: string) => err({ kind: 'malformed-version', text, reason } as const);
  if (text.length > VERSION_LENGTH_MAX) return malformed(`it is longer than ${VERSION_LENGTH_MAX} characters`);
  if (text === '') return malformed('it is empty');
  const match = SHAPE.exec(text);
  if (match === null) return malformed('it is not N{.N}{letter}{_suffix{N}}{~hash}{-rN}');
  const [, body = '', suffixes = '', hash, revision] = match;
  const tokens = bodyTokens(body);
  for (const [, name = '', number = ''] of suffixes.matchAll(SUFFIX)) {
    tokens.push({ kind: 'suffix', text: name });
    if (number !== '') tokens.push({ kind: 'suffix-number', text: number });
  }
  if (hash !== undefined) tokens.push({ kind: 'hash', text: hash });
  if (revision !== undefined) tokens.push({ kind: 'revision', text: revision });
  tokens.push(END);
  return ok(tokens);
}

function bodyTokens(body: string): ApkToken[] {
  const tokens: ApkToken[] = [];
  for (const [, mark = '', number = ''] of body.matchAll(PIECE)) {
    if (mark === '.') tokens.push({ kind: 'digits', text: number });
    else if (mark !== '') {
      tokens.push({ kind: 'letter', text: mark });
      if (number !== '') tokens.push({ kind: 'letter-number', text: number });
    } else if (number !== '') tokens.push({ kind: 'initial', text: number });
  }
  return tokens;
}

/** Ascending; the suffixes up to `rc` make a version older than the same version without them. */
const SUFFIXES = ['alpha', 'beta', 'pre', 'rc', 'cvs', 'svn', 'git', 'hg', 'p'];
const PRE_RELEASES = 4;

/** Where one version goes on and the other does something else: the later kind of this list is newer. A pre-release suffix is older than all of them. */
const KINDS: readonly ApkTokenKind[] = [
  'end',
  'revision',
  'hash',
  'suffix-number',
  'suffix',
  'letter',
  'letter-number',
  'digits',
  'initial',
];

/** Lexicographic over tokens, each of which has its place in one total order, hence total itself. */
function compareApk(a: ApkVersion, b: ApkVersion): number {
  const common = Math.min(a.length, b.length);
  for (let i = 0; i < common; i++) {
    const difference = compareToken(a[i] ?? END, b[i] ?? END);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function compareToken(a: ApkToken, b: ApkToken): number {
  if (a.kind !== b.kind) return rank(a) - rank(b);
  switch (a.kind) {
    case 'digits':
      // Gentoo's rule, kept by apk-tools: a component with a leading zero reads like a decimal fraction, so 1.02 < 1.1 and 1.02 < 1.1000.
      return a.text.startsWith('0') || b.text.startsWith('0')
        ? compareText(a.text, b.text)
        : compareDigits(a.text, b.text);
    case 'initial':
    case 'letter-number':
    case 'suffix-number':
    case 'revision':
      return compareDigits(a.text, b.text);
    case 'suffix':
      return SUFFIXES.indexOf(a.text) - SUFFIXES.indexOf(b.text);
    default:
      return compareText(a.text, b.text);
  }
}

function rank(token: ApkToken): number {
  const isPreRelease = token.kind === 'suffix' && SUFFIXES.indexOf(token.text) < PRE_RELEASES;
  return isPreRelease ? -1 : KINDS.indexOf(token.kind);
}
