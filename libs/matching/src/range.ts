import { assertNever, type SchemeId, type VersionRange } from '@clair/model';
import { schemeOf, type VersionScheme } from '@clair/versions';

/** Where a version lies. `outside` and `unknown` say why, with the texts that decided. */
export type RangePosition =
  | { readonly kind: 'inside' }
  | { readonly kind: 'outside'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

interface Bounded {
  readonly range: VersionRange;
  readonly scheme: SchemeId;
}

type Bound = keyof VersionRange;

const BOUNDS = ['introduced', 'fixed', 'lastAffected'] as const satisfies readonly Bound[];
const INSIDE: RangePosition = { kind: 'inside' };

/**
 * Whether `version`, of a package that uses `packageScheme`, lies in a range. A range without bounds holds every version, the
 * unreadable ones too. One bound that excludes the version decides, whatever the others are; else one that cannot be read is `unknown`.
 */
export function rangePosition(version: string, bounded: Bounded, packageScheme: SchemeId): RangePosition {
  const { range, scheme: schemeId } = bounded;
  const bounds = BOUNDS.flatMap((bound) => {
    const text = range[bound];
    return text === undefined ? [] : [{ bound, text }];
  });
  if (bounds.length === 0) return INSIDE;
  if (schemeId !== packageScheme) {
    return unknown(`the advisory's versions are of scheme ${schemeId}, the package's of ${packageScheme}`);
  }
  const scheme = schemeOf(schemeId);
  if (scheme === undefined) return unknown(`nobody here knows the version scheme ${schemeId}`);
  const parsed = scheme.parse(version);
  if (!parsed.ok) return unknown(`the installed version ${shown(version)} does not parse: ${parsed.error.reason}`);

  const positions = bounds.map(({ bound, text }) =>
    boundPosition({ bound, text, version, value: parsed.value }, scheme),
  );
  return (
    positions.find((position) => position.kind === 'outside') ??
    positions.find((position) => position.kind === 'unknown') ??
    INSIDE
  );
}

interface Comparison {
  readonly bound: Bound;
  readonly text: string;
  readonly version: string;
  readonly value: unknown;
}

function boundPosition({ bound, text, version, value }: Comparison, scheme: VersionScheme): RangePosition {
  const parsed = scheme.parse(text);
  if (!parsed.ok) return unknown(`the advisory's version ${shown(text)} does not parse: ${parsed.error.reason}`);
  const order = scheme.compare(value, parsed.value);
  switch (bound) {
    case 'introduced':
      return order >= 0 ? INSIDE : outside(`${version} is older than ${text}, where the flaw came in`);
    case 'fixed':
      return order < 0 ? INSIDE : outside(`${version} is not older than ${text}, where the flaw is fixed`);
    case 'lastAffected':
      return (scheme.isAtMost?.(value, parsed.value) ?? order <= 0)
        ? INSIDE
        : outside(`${version} is newer than ${text}, the last that is affected`);
    default:
      return assertNever(bound);
  }
}

function outside(reason: string): RangePosition {
  return { kind: 'outside', reason };
}

function unknown(reason: string): RangePosition {
  return { kind: 'unknown', reason };
}

const SHOWN_MAX = 100;

/** A text from outside for a message: quoted, its beginning only when it is long. */
function shown(text: string): string {
  return JSON.stringify(text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text);
}
