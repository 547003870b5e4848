import { compareText, err, ok, type Result } from '@clair/model';
import { compareDigits, isDigit } from '../../digits.ts';
import { type MalformedVersion, VERSION_LENGTH_MAX, type VersionScheme } from '../../scheme.ts';

/** An rpm version, split. Each text is kept as the segments that rpm compares; what lies between them only separates. */
export interface RpmVersion {
  /** Digits; empty when it is absent, which is epoch 0. */
  readonly epoch: string;
  readonly version: readonly string[];
  /** `undefined` when the text has no hyphen: older than every release. */
  readonly release: readonly string[] | undefined;
}

const SPACE = /[\s\p{Z}]/u;
/** What rpmbuild takes in a version and a release, the colon and the hyphen that part them, and every character beyond ASCII that can be seen. */
const VISIBLE = /^(?:[0-9A-Za-z.+_~^:-]|[^\p{ASCII}\p{C}\p{Z}])*$/u;
const SEGMENT = /[0-9]+|[A-Za-z]+|[~^]/g;

/**
 * rpm's package versions, `[epoch:]version[-release]`, ordered as `rpm.vercmp` orders them.
 *
 * Malformed is what no package can be called: an empty text or version, a space, ASCII characters that rpmbuild refuses. rpm itself
 * compares any text at all, and would give `(none):1.2-3`, `1.2,1.4` or `<unfixed>` a place among versions.
 * @see https://rpm-software-management.github.io/rpm/man/rpm-version.7
 */
export const rpm = { id: 'rpm', parse: parseRpm, compare: compareRpm } as const satisfies VersionScheme<RpmVersion>;

function parseRpm(text: string): Result<RpmVersion, MalformedVersion> {
  const malformed = (reason: string) => err({ kind: 'malformed-version', text, reason } as const);
  if (text.length > VERSION_LENGTH_MAX) return malformed(`it is longer than ${VERSION_LENGTH_MAX} characters`);
  if (text === '') return malformed('it is empty');
  if (SPACE.test(text)) return malformed('it holds a space');
  if (!VISIBLE.test(text)) return malformed('it holds a character that no version of rpm may have');

  let colon = 0;
  while (isDigit(text, colon)) colon++;
  const hasEpoch = text[colon] === ':';
  const epoch = hasEpoch ? text.slice(0, colon) : '';
  const rest = hasEpoch ? text.slice(colon + 1) : text;
  const hyphen = rest.lastIndexOf('-');
  const version = hyphen < 0 ? rest : rest.slice(0, hyphen);
  if (version === '') return malformed('the version, between epoch and release, is empty');
  const release = hyphen < 0 ? undefined : segments(rest.slice(hyphen + 1));
  return ok({ epoch, version: segments(version), release });
}

function segments(text: string): readonly string[] {
  return text.match(SEGMENT) ?? [];
}

function compareRpm(a: RpmVersion, b: RpmVersion): number {
  const difference = compareDigits(a.epoch, b.epoch) || compareSegments(a.version, b.version);
  if (difference !== 0) return difference;
  if (a.release === undefined || b.release === undefined)
    return Number(a.release !== undefined) - Number(b.release !== undefined);
  return compareSegments(a.release, b.release);
}

/** Lexicographic over segments, each of which (and the end) has its place in one total order, hence total itself. */
function compareSegments(a: readonly string[], b: readonly string[]): number {
  const length = Math.max(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a[i];
    const y = b[i];
    const difference = rank(x) - rank(y) || compareAlike(x ?? '', y ?? '');
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Of two segments of one kind. */
function compareAlike(a: string, b: string): number {
  return isDigit(a, 0) ? compareDigits(a, b) : compareText(a, b);
}

/** `~` before the end, the end before `^`, and a number after a word. */
function rank(segment: string | undefined): number {
  if (segment === undefined) return 1;
  if (segment === '~') return 0;
  if (segment === '^') return 2;
  return isDigit(segment, 0) ? 4 : 3;
}
