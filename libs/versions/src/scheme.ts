import type { Result, SchemeId } from '@clair/model';

/** Why a text is not a version of a scheme. */
export interface MalformedVersion {
  readonly kind: 'malformed-version';
  readonly text: string;
  readonly reason: string;
}

/** Characters of a version that no real one has; a longer text is malformed in every scheme, so that no pattern can be made to work hard. */
export const VERSION_LENGTH_MAX = 10_000;

/** How the versions of one packaging system are read and ordered. A folder of `schemes/`. */
export interface VersionScheme<V = unknown> {
  readonly id: SchemeId;
  /** Never throws. */
  parse(text: string): Result<V, MalformedVersion>;
  /** A total order: antisymmetric and transitive over everything {@link parse} accepts; negative when `a` is older. */
  compare(a: V, b: V): number;
  /** Whether `version` is at most `bound` as the ecosystem's own `<=` means it. Absent: as {@link compare} says. */
  isAtMost?(version: V, bound: V): boolean;
}
