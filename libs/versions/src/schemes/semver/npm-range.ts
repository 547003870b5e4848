import { err, ok, type Result } from '@clair/model';
import { compareDigits } from '../../digits.ts';
import { VERSION_LENGTH_MAX } from '../../scheme.ts';
import { compareSemver, type SemverVersion } from '../../semver-precedence.ts';

export type NpmOperator = '<' | '<=' | '>' | '>=' | '=';

export interface NpmComparator {
  readonly operator: NpmOperator;
  readonly version: SemverVersion;
}

/** What a range of npm comes down to: any of the sets, and of a set every comparator. An empty set holds for every version. */
export interface NpmRange {
  readonly sets: readonly (readonly NpmComparator[])[];
  /** Whether pre-releases count like other versions; else only those of a version that the set names as a pre-release. */
  readonly includePrerelease: boolean;
}

/** Why a text is not a range of npm. What names a tag, an address or a file (`latest`, `git+https://…`) is none. */
export interface MalformedRange {
  readonly kind: 'malformed-range';
  readonly text: string;
  readonly reason: string;
}

export interface NpmRangeOptions {
  /** Default false, as for npm. Advisories need true: a pre-release of an affected version is affected. */
  readonly includePrerelease?: boolean;
}

/** `1`, `1.2`, `1.x`, `1.2.3-rc.1`: as many numbers as come before the first `x`. */
interface PartialVersion {
  readonly numbers: readonly string[];
  /** A number stands after an `x`. */
  readonly hasGap: boolean;
  readonly prerelease: readonly string[];
}

const IDENTIFIERS = '[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*';
const XR = '([0-9]+|[xX*])';
const PARTIAL = `v?${XR}(?:\\.${XR}(?:\\.${XR}(?![0-9])(?:-?(${IDENTIFIERS}))?)?)?(?:\\+${IDENTIFIERS})?`;
const HYPHEN = new RegExp(`^${PARTIAL} - ${PARTIAL}$`);
const SIMPLE = new RegExp(`([<>]=?|=+|(?:~>?|\\^)=?)? ?${PARTIAL}(?: ?, ?| |$)`, 'y');
const HYPHEN_GROUPS = 4;

/**
 * Reads npm's range syntax: hyphen ranges, x-ranges, `~`, `^`, comparators, `||`. Versions in it may have the loose forms of the scheme.
 * A comma between comparators, which GitHub's advisories write and npm does not know, is taken as a space. A part that is no comparator
 * makes the range malformed, where npm's loose mode drops it silently.
 * @see https://github.com/npm/node-semver#range-grammar
 */
export function parseNpmRange(text: string, options: NpmRangeOptions = {}): Result<NpmRange, MalformedRange> {
  const malformed = (reason: string) => err({ kind: 'malformed-range', text, reason } as const);
  if (text.length > VERSION_LENGTH_MAX) return malformed(`it is longer than ${VERSION_LENGTH_MAX} characters`);
  const includePrerelease = options.includePrerelease ?? false;
  const sets: (readonly NpmComparator[])[] = [];
  for (const part of text.replace(/\s+/g, ' ').split('||')) {
    const set = comparatorSet(part.trim(), includePrerelease);
    if (set === undefined) return malformed(`${JSON.stringify(part.trim())} is no list of comparators`);
    sets.push(set);
  }
  return ok({ sets, includePrerelease });
}

/** Whether the version is in the range. */
export function satisfies(version: SemverVersion, range: NpmRange): boolean {
  return range.sets.some(
    (set) =>
      set.every((comparator) => holds(version, comparator)) && (range.includePrerelease || isAdmitted(version, set)),
  );
}

function holds(version: SemverVersion, { operator, version: bound }: NpmComparator): boolean {
  const order = compareSemver(version, bound);
  switch (operator) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
    case '=':
      return order === 0;
  }
}

/** A pre-release is wanted only by who names a pre-release of the same three numbers. */
function isAdmitted(version: SemverVersion, set: readonly NpmComparator[]): boolean {
  if (version.prerelease.length === 0) return true;
  const release = { ...version, prerelease: [] };
  return set.some(
    ({ version: bound }) => bound.prerelease.length > 0 && compareSemver({ ...bound, prerelease: [] }, release) === 0,
  );
}

/** `undefined` when the text, whose spaces are single, is none. */
function comparatorSet(text: string, includePrerelease: boolean): readonly NpmComparator[] | undefined {
  const hyphen = HYPHEN.exec(text);
  if (hyphen !== null) {
    const from = partial(hyphen.slice(1));
    const to = partial(hyphen.slice(1 + HYPHEN_GROUPS));
    return [...fromBound(from, includePrerelease), ...toBound(to, includePrerelease)];
  }
  const comparators: NpmComparator[] = [];
  for (let at = 0; at < text.length; at = SIMPLE.lastIndex) {
    SIMPLE.lastIndex = at;
    const match = SIMPLE.exec(text);
    if (match === null) return undefined;
    const bound = partial(match.slice(2));
    const simple = simpleComparators(match[1]?.replace(/^(~>?|\^|=)=*$/, '$1') ?? '', bound, includePrerelease);
    if (simple === undefined) return undefined;
    comparators.push(...simple);
  }
  return text.endsWith(',') ? undefined : comparators;
}

/** From three numbers or `x` and the pre-release, each of which may be absent. */
function partial([major, minor, patch, prerelease]: readonly (string | undefined)[]): PartialVersion {
  const isX = (text: string | undefined) => text === undefined || /^[xX*]$/.test(text);
  const texts = [major, minor, patch];
  const known = texts.findIndex(isX);
  const numbers = (known < 0 ? texts : texts.slice(0, known)).filter((text) => text !== undefined);
  return {
    numbers,
    hasGap: known >= 0 && texts.slice(known).some((text) => !isX(text)),
    prerelease: known < 0 ? (prerelease?.split('.') ?? []) : [],
  };
}

const EARLIEST: readonly string[] = ['0'];
const NOTHING: NpmComparator = {
  operator: '<',
  version: { major: '0', minor: '0', patch: '0', prerelease: EARLIEST },
};

/** The first version of a partial; where pre-releases count, from its first one on. */
function floor({ numbers, prerelease }: PartialVersion, includePrerelease: boolean): SemverVersion {
  const [major = '0', minor = '0', patch = '0'] = numbers;
  if (numbers.length === 3) return { major, minor, patch, prerelease };
  return { major, minor, patch, prerelease: includePrerelease ? EARLIEST : [] };
}

/** The version that follows when the number at `index` goes up by one. */
function next({ numbers }: PartialVersion, index: number, prerelease: readonly string[] = EARLIEST): SemverVersion {
  const [major = '0', minor = '0', patch = '0'] = numbers.map((number, i) =>
    i < index ? number : i === index ? String(BigInt(number) + 1n) : '0',
  );
  return { major, minor, patch, prerelease };
}

function fromBound(from: PartialVersion, includePrerelease: boolean): readonly NpmComparator[] {
  if (from.numbers.length === 0) return [];
  const version = floor(from, includePrerelease);
  const isRelease = version.prerelease.length === 0;
  return [{ operator: '>=', version: includePrerelease && isRelease ? { ...version, prerelease: EARLIEST } : version }];
}

function toBound(to: PartialVersion, includePrerelease: boolean): readonly NpmComparator[] {
  const known = to.numbers.length;
  if (known === 0) return [];
  if (known === 3 && (to.prerelease.length > 0 || !includePrerelease))
    return [{ operator: '<=', version: floor(to, includePrerelease) }];
  return [{ operator: '<', version: next(to, known - 1) }];
}

/** `undefined` for a number after an `x`, which npm refuses here. */
function simpleComparators(
  operator: string,
  bound: PartialVersion,
  includePrerelease: boolean,
): readonly NpmComparator[] | undefined {
  const known = bound.numbers.length;
  const first = floor(bound, includePrerelease);
  const isApproximate = operator.startsWith('~') || operator === '^';
  if (bound.hasGap && !isApproximate) return undefined;
  if (known === 0) return operator === '<' || operator === '>' ? [NOTHING] : [];
  if (isApproximate) {
    const index = operator === '^' ? caretIndex(bound) : Math.min(known - 1, 1);
    return span(first, next(bound, index));
  }
  const last = known - 1;
  const isWhole = known === 3;
  switch (operator) {
    case '>=':
      return [{ operator, version: first }];
    case '>':
      if (isWhole) return [{ operator, version: first }];
      return [{ operator: '>=', version: next(bound, last, includePrerelease ? EARLIEST : []) }];
    case '<':
      return [{ operator, version: isWhole ? first : { ...first, prerelease: EARLIEST } }];
    case '<=':
      return isWhole ? [{ operator, version: first }] : [{ operator: '<', version: next(bound, last) }];
    default:
      return isWhole ? [{ operator: '=', version: first }] : span(first, next(bound, last));
  }
}

function span(from: SemverVersion, before: SemverVersion): readonly NpmComparator[] {
  return [
    { operator: '>=', version: from },
    { operator: '<', version: before },
  ];
}

/** The number that `^` lets nothing change: the first that is not zero, else the last that is known. */
function caretIndex({ numbers }: PartialVersion): number {
  const index = numbers.findIndex((number) => compareDigits(number, '0') !== 0);
  return index < 0 ? numbers.length - 1 : index;
}
