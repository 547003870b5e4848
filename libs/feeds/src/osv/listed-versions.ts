import type { SchemeId, VersionRange } from '@clair/model';
import { schemeOf, type VersionScheme } from '@clair/versions';

/** What a record's list of affected versions adds to its ranges. */
export interface ListedVersions {
  /** One range for each version, holding it alone. */
  readonly ranges: readonly VersionRange[];
  /** Versions that do not parse: no installed version can be compared with them, so they are no ranges. */
  readonly unreadable: readonly string[];
}

/**
 * The listed versions that lie in none of `intervals`. Most lists only spell out what the ranges hold; a version that is listed and
 * outside of every range is affected too. Without a scheme that is known here, a list beside ranges adds nothing.
 * @see https://ossf.github.io/osv-schema/#affectedversions-field
 */
export function listedVersions(
  versions: readonly string[],
  intervals: readonly VersionRange[],
  schemeId: SchemeId,
): ListedVersions {
  const scheme = schemeOf(schemeId);
  if (scheme === undefined) {
    return { ranges: intervals.length > 0 ? [] : versions.map(only), unreadable: [] };
  }
  const bounds = intervals.map((interval) => parsedBounds(interval, scheme));
  const ranges: VersionRange[] = [];
  const unreadable: string[] = [];
  for (const version of versions) {
    const parsed = scheme.parse(version);
    if (!parsed.ok) unreadable.push(version);
    else if (!bounds.some((each) => each?.(parsed.value))) ranges.push(only(version));
  }
  return { ranges, unreadable };
}

function only(version: string): VersionRange {
  return { introduced: version, lastAffected: version };
}

/** Whether a parsed version lies in the range; `undefined` when a bound of it does not parse. */
function parsedBounds(range: VersionRange, scheme: VersionScheme): ((version: unknown) => boolean) | undefined {
  const tests: ((version: unknown) => boolean)[] = [];
  const add = (text: string | undefined, holds: (order: number) => boolean): boolean => {
    if (text === undefined) return true;
    const bound = scheme.parse(text);
    if (!bound.ok) return false;
    tests.push((version) => holds(scheme.compare(version, bound.value)));
    return true;
  };
  const parse =
    add(range.introduced, (order) => order >= 0) &&
    add(range.fixed, (order) => order < 0) &&
    add(range.lastAffected, (order) => order <= 0);
  return parse ? (version) => tests.every((test) => test(version)) : undefined;
}
