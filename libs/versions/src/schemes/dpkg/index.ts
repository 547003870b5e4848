import { err, ok, type Result } from '@clair/model';
import { isDigit, skipZeros } from '../../digits.ts';
import { type MalformedVersion, VERSION_LENGTH_MAX, type VersionScheme } from '../../scheme.ts';

/** A Debian version, split. An absent epoch is 0; an absent revision is empty, which compares as `0`. */
export interface DpkgVersion {
  readonly epoch: number;
  readonly upstream: string;
  readonly revision: string;
}

/** dpkg keeps the epoch in a C `int`. */
const EPOCH_MAX = 2_147_483_647;
/** What dpkg's `isspace` trims at both ends and refuses in the middle (a line break inside is an invalid character to it, refused either way). */
const SPACE_AROUND = /^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g;
const SPACE_INSIDE = /[ \t\n\v\f\r]/;
const EPOCH = /^\+?[0-9]+$/;
const UPSTREAM = /^[0-9][0-9A-Za-z.+~:-]*$/;
const REVISION = /^[0-9A-Za-z.+~]*$/;

/**
 * Debian's package versions, ordered as dpkg orders them.
 *
 * Malformed is every text for which `dpkg --validate-version` fails: the errors, and also what `--compare-versions` only warns of
 * (no digit at the start, characters outside the policy). Ordering such a text would give words like `<unfixed>` a place among
 * versions, and a finding would vanish in silence.
 * @see https://www.debian.org/doc/debian-policy/ch-controlfields.html#version
 */
export const dpkg = {
  id: 'dpkg',
  parse: parseDpkg,
  compare: compareDpkg,
} as const satisfies VersionScheme<DpkgVersion>;

function parseDpkg(text: string): Result<DpkgVersion, MalformedVersion> {
  const malformed = (reason: string) => err({ kind: 'malformed-version', text, reason } as const);
  if (text.length > VERSION_LENGTH_MAX) return malformed(`it is longer than ${VERSION_LENGTH_MAX} characters`);
  const trimmed = text.replace(SPACE_AROUND, '');
  if (trimmed === '') return malformed('it is empty');
  if (SPACE_INSIDE.test(trimmed)) return malformed('it holds a space');

  const colon = trimmed.indexOf(':');
  const epochText = colon < 0 ? '0' : trimmed.slice(0, colon);
  if (!EPOCH.test(epochText)) return malformed('the epoch, before the colon, is not a number');
  const epoch = Number(epochText);
  if (epoch > EPOCH_MAX) return malformed('the epoch is too large');

  const rest = trimmed.slice(colon + 1);
  const hyphen = rest.lastIndexOf('-');
  const upstream = hyphen < 0 ? rest : rest.slice(0, hyphen);
  const revision = hyphen < 0 ? '' : rest.slice(hyphen + 1);
  if (hyphen >= 0 && revision === '') return malformed('the revision, after the last hyphen, is empty');
  if (!UPSTREAM.test(upstream))
    return malformed('the upstream version does not start with a digit or holds an invalid character');
  if (!REVISION.test(revision)) return malformed('the revision holds an invalid character');
  return ok({ epoch, upstream, revision });
}

function compareDpkg(a: DpkgVersion, b: DpkgVersion): number {
  if (a.epoch !== b.epoch) return a.epoch - b.epoch;
  return comparePart(a.upstream, b.upstream) || comparePart(a.revision, b.revision);
}

/** Alternates between a run of non-digits, ordered by {@link weight}, and a run of digits, ordered as a number of any length. */
function comparePart(a: string, b: string): number {
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    while ((i < a.length && !isDigit(a, i)) || (j < b.length && !isDigit(b, j))) {
      const difference = weight(a, i) - weight(b, j);
      if (difference !== 0) return difference;
      i++;
      j++;
    }
    i = skipZeros(a, i);
    j = skipZeros(b, j);
    let firstDifference = 0;
    while (isDigit(a, i) && isDigit(b, j)) {
      if (firstDifference === 0) firstDifference = a.charCodeAt(i) - b.charCodeAt(j);
      i++;
      j++;
    }
    if (isDigit(a, i)) return 1;
    if (isDigit(b, j)) return -1;
    if (firstDifference !== 0) return firstDifference;
  }
  return 0;
}

const TILDE = 0x7e;

/** `~` before the end, the end (and a digit) before letters, letters before everything else. */
function weight(text: string, at: number): number {
  if (at >= text.length || isDigit(text, at)) return 0;
  const code = text.charCodeAt(at);
  if (code === TILDE) return -1;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x7a ? code : code + 256;
}
