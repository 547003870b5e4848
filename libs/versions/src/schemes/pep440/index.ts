import { compareText, err, ok, type Result } from '@clair/model';
import { compareDigits, isDigit, skipZeros } from '../../digits.ts';
import { type MalformedVersion, VERSION_LENGTH_MAX, type VersionScheme } from '../../scheme.ts';

export interface Pep440PreRelease {
  readonly phase: 'a' | 'b' | 'rc';
  readonly number: string;
}

/** A version of Python, normalised. Numbers are digits of any length; an absent number is `''` where PEP 440 takes it for 0. */
export interface Pep440Version {
  readonly epoch: string;
  /** Without the zeros at its end, which say nothing: `1.0` and `1` are both `['1']`, `0` is `[]`. */
  readonly release: readonly string[];
  readonly pre: Pep440PreRelease | undefined;
  readonly post: string | undefined;
  readonly dev: string | undefined;
  /** Digits, or letters and digits in small letters; empty when there is no local label. */
  readonly local: readonly string[];
}

const RELEASE = /^v?(?:([0-9]+)!)?([0-9]+(?:\.[0-9]+)*)/i;
const SUFFIXES = new RegExp(
  '^(?:[-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?([0-9]*))?' +
    '(?:-([0-9]+)|[-_.]?(post|rev|r)[-_.]?([0-9]*))?' +
    '(?:[-_.]?(dev)[-_.]?([0-9]*))?' +
    '(?:\\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?$',
  'i',
);
const PHASES: Readonly<Record<string, Pep440PreRelease['phase']>> = { a: 'a', alpha: 'a', b: 'b', beta: 'b' };

/**
 * Versions of Python packages, ordered as PEP 440 (now the version specifiers of the Python Packaging User Guide) orders them:
 * epoch, release, then within a release dev < a < b < rc < the release itself < post, and a local label after none.
 *
 * Takes every spelling that the specification normalises (`v1.0-RC.1`, `1.0-1`). Malformed is the rest: pip and PyPI refuse
 * it too since packaging 22, so it has no place in the order.
 * @see https://packaging.python.org/en/latest/specifications/version-specifiers/
 */
export const pep440 = {
  id: 'pep440',
  parse: parsePep440,
  compare: comparePep440,
  isAtMost,
} as const satisfies VersionScheme<Pep440Version>;

/** A bound without a local label is about every build of its version: `<= 1.0` holds for `1.0+cu118`, which the order puts behind it. */
function isAtMost(version: Pep440Version, bound: Pep440Version): boolean {
  return comparePep440(bound.local.length === 0 ? { ...version, local: [] } : version, bound) <= 0;
}

function parsePep440(text: string): Result<Pep440Version, MalformedVersion> {
  const malformed = (reason: string) => err({ kind: 'malformed-version', text, reason } as const);
  if (text.length > VERSION_LENGTH_MAX) return malformed(`it is longer than ${VERSION_LENGTH_MAX} characters`);
  const trimmed = text.trim();
  if (trimmed === '') return malformed('it is empty');
  const start = RELEASE.exec(trimmed);
  if (start === null) return malformed('it does not start with a release number');
  const suffixes = SUFFIXES.exec(trimmed.slice(start[0].length));
  if (suffixes === null)
    return malformed('what follows the release number is no pre-, post- or dev-release or local label of PEP 440');

  const [, epoch = '', release = ''] = start;
  const [, phase, preNumber = '', implicitPost, post, postNumber = '', dev, devNumber = '', local] = suffixes;
  return ok({
    epoch,
    release: withoutZeros(release.split('.')),
    pre: phase === undefined ? undefined : { phase: PHASES[phase.toLowerCase()] ?? 'rc', number: preNumber },
    post: implicitPost ?? (post === undefined ? undefined : postNumber),
    dev: dev === undefined ? undefined : devNumber,
    local: local === undefined ? [] : local.toLowerCase().split(/[-_.]/),
  });
}

function withoutZeros(release: readonly string[]): readonly string[] {
  const last = release.findLastIndex((number) => skipZeros(number, 0) < number.length);
  return release.slice(0, last + 1);
}

function comparePep440(a: Pep440Version, b: Pep440Version): number {
  return (
    compareDigits(a.epoch, b.epoch) ||
    compareReleases(a.release, b.release) ||
    phaseRank(a) - phaseRank(b) ||
    compareDigits(a.pre?.number ?? '', b.pre?.number ?? '') ||
    compareOptional(a.post, b.post) ||
    compareDev(a.dev, b.dev) ||
    compareLocal(a.local, b.local)
  );
}

/** Neither ends in a zero, so of two that agree as far as they go the longer is newer. */
function compareReleases(a: readonly string[], b: readonly string[]): number {
  const common = Math.min(a.length, b.length);
  for (let i = 0; i < common; i++) {
    const difference = compareDigits(a[i] ?? '', b[i] ?? '');
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** A dev-release of the release itself is before its pre-releases; of a post-release it is after the release. */
function phaseRank({ pre, post, dev }: Pep440Version): number {
  if (pre !== undefined) return { a: 1, b: 2, rc: 3 }[pre.phase];
  return post === undefined && dev !== undefined ? 0 : 4;
}

/** None is before every number. */
function compareOptional(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  return compareDigits(a, b);
}

/** None is after every number. */
function compareDev(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  return compareDigits(a, b);
}

/** Segment by segment: a word before a number; none at all before any, and of two that agree as far as they go the longer after. */
function compareLocal(a: readonly string[], b: readonly string[]): number {
  const common = Math.min(a.length, b.length);
  for (let i = 0; i < common; i++) {
    const difference = compareLocalSegments(a[i] ?? '', b[i] ?? '');
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

const NUMBER = /^[0-9]+$/;

function compareLocalSegments(a: string, b: string): number {
  const isNumber = isDigit(a, 0) && NUMBER.test(a);
  if (isNumber !== (isDigit(b, 0) && NUMBER.test(b))) return isNumber ? 1 : -1;
  return isNumber ? compareDigits(a, b) : compareText(a, b);
}
