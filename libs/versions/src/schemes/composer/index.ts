import { err, ok, type Result } from '@clair/model';
import { compareDigits, isDigit } from '../../digits.ts';
import { type MalformedVersion, VERSION_LENGTH_MAX, type VersionScheme } from '../../scheme.ts';

/** A version of Composer, as PHP compares it: numbers and stability words in turn. */
export interface ComposerVersion {
  /** `1.0-RC2` is `['1', '0', '0', '0', 'RC', '2']`; words as Composer normalises them. */
  readonly parts: readonly string[];
}

/** What may follow the numbers: a stability and its numbers, and `dev`. */
const SUFFIX = '[._-]?(?:(stable|beta|b|RC|alpha|a|patch|pl|p)((?:[.-]?[0-9]+(?:[.-][0-9]+)*)?))?([.-]?dev)?$';
const CLASSICAL = new RegExp(`^v?([0-9]{1,5}(?:\\.[0-9]+){0,3})${SUFFIX}`, 'i');
const DATED = new RegExp(`^v?([0-9]{4}(?:[.:-]?[0-9]{2}){1,6}(?:[.:-]?[0-9]{1,3})?)${SUFFIX}`, 'i');
const BRANCH = /^v?([0-9]+(?:\.(?:[0-9]+|[x*])){0,3})$/i;

const STABILITIES: Readonly<Record<string, string>> = {
  a: 'alpha',
  b: 'beta',
  p: 'patch',
  pl: 'patch',
  rc: 'RC',
};
const PARTS = 4;
/** What stands for the missing numbers of a branch, so that `1.x-dev` is after every 1. */
const BRANCH_NUMBER = '9999999';

/**
 * Versions of PHP packages: normalised as Composer does (`VersionParser::normalize` of composer/semver 3), then ordered as PHP's
 * `version_compare` orders them.
 *
 * Malformed is what Composer refuses, and the branches that it takes but cannot order (`dev-master`, `dev-feature/x`); numeric branches
 * (`1.x-dev`) have a place.
 * @see https://getcomposer.org/doc/articles/versions.md
 * @see https://www.php.net/manual/en/function.version-compare.php
 */
export const composer = {
  id: 'composer',
  parse: parseComposer,
  compare: compareComposer,
} as const satisfies VersionScheme<ComposerVersion>;

function parseComposer(text: string): Result<ComposerVersion, MalformedVersion> {
  const malformed = (reason: string) => err({ kind: 'malformed-version', text, reason } as const);
  if (text.length > VERSION_LENGTH_MAX) return malformed(`it is longer than ${VERSION_LENGTH_MAX} characters`);
  const trimmed = text.trim();
  if (trimmed === '') return malformed('it is empty');
  const named = trimmed.replace(/^([^,\s]+) +as +[^,\s]+$/, '$1').replace(/@(?:stable|RC|beta|alpha|dev)$/i, '');
  if (/^(?:master|trunk|default)$/.test(named) || /^dev-/i.test(named))
    return malformed('it is a branch without a number, which has no place in the order');
  const version = named.replace(/^([^,\s+]+)\+\S+$/, '$1');
  const parts = numberedParts(version) ?? branchParts(version);
  return parts === undefined ? malformed('it is no version of Composer') : ok({ parts });
}

/** Of numbers, or a date, and a stability. */
function numberedParts(version: string): readonly string[] | undefined {
  const classical = CLASSICAL.exec(version);
  const [, text, stability = '', numbers = '', dev] = classical ?? DATED.exec(version) ?? [];
  if (text === undefined) return undefined;
  const release = classical === null ? text.split(/[.:-]/) : filledUp(text.split('.'), '0');
  // Composer compares this one word with regard to case, and leaves out what follows it.
  if (stability === 'stable') return release;
  const word = stability.toLowerCase();
  const suffix = stability === '' ? [] : [STABILITIES[word] ?? word, ...(numbers.match(/[0-9]+/g) ?? [])];
  return [...release, ...suffix, ...(dev === undefined ? [] : ['dev'])];
}

/** Of `1.x-dev` and the like. */
function branchParts(version: string): readonly string[] | undefined {
  if (!/dev$/i.test(version)) return undefined;
  const [, name = ''] = BRANCH.exec(version.slice(0, -'dev'.length).replace(/[.-]$/, '').trim()) ?? [];
  if (name === '') return undefined;
  const numbers = name.split('.').map((number) => (isDigit(number, 0) ? number : BRANCH_NUMBER));
  return [...filledUp(numbers, BRANCH_NUMBER), 'dev'];
}

function filledUp(numbers: readonly string[], filler: string): readonly string[] {
  return [...numbers, ...Array.from({ length: Math.max(0, PARTS - numbers.length) }, () => filler)];
}

/** Lexicographic over parts, each of which (and the end) has its place in one total order, hence total itself. */
function compareComposer(a: ComposerVersion, b: ComposerVersion): number {
  const length = Math.max(a.parts.length, b.parts.length);
  for (let i = 0; i < length; i++) {
    const x = a.parts[i];
    const y = b.parts[i];
    const difference = rank(x) - rank(y) || (rank(x) === NUMBER ? compareDigits(x ?? '', y ?? '') : 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

const NUMBER = 6;
const WORDS: Readonly<Record<string, number>> = { dev: 1, alpha: 2, beta: 3, RC: 4, patch: 7 };

/** A word that PHP does not know (`STABLE`), `dev`, `alpha`, `beta`, `RC`, the end, a number, `patch`. */
function rank(part: string | undefined): number {
  if (part === undefined) return 5;
  return isDigit(part, 0) ? NUMBER : (WORDS[part] ?? 0);
}
