import type { Distribution, Package, SchemeId } from '@clair/model';
import type { EndOfLife } from './end-of-life.ts';

/**
 * What tells a distribution and its release: fields of os-release(5), never its pretty name. `name` and `cpe` are for
 * the few that say what they are nowhere else (CentOS Stream shares its `ID` and `VERSION_ID` with CentOS Linux).
 */
export type DistributionIdentity = Pick<Distribution, 'did' | 'versionId' | 'versionCodeName'> &
  Partial<Pick<Distribution, 'name' | 'cpe'>>;

/** A distribution that is known here by name: a file of this folder and a line of `registry.ts`. */
export interface KnownDistribution {
  /** `ID` of os-release(5). */
  readonly did: string;
  /** Whether the identity is this distribution; absent: when its `did` is. */
  readonly claims?: (identity: DistributionIdentity) => boolean;
  /** For people, without the release: `Debian`. */
  readonly title: string;
  /** The package URL type of its own packages, or empty; packages of another type do not live in its namespace. */
  readonly packageType: string;
  /** The version scheme of its own packages; empty when nobody has taught it to `libs/versions`. */
  readonly scheme: SchemeId;
  /** The namespace of its own packages; empty when the identity does not say which release it is. */
  readonly namespace: (identity: DistributionIdentity) => string;
  /**
   * Of a package whose builds have advisories of their own beside the release's, what its namespace ends with: `fips` of
   * `ubuntu:22.04/fips`; else empty. Absent: no package has.
   */
  readonly streamOf?: (pkg: Pick<Package, 'source'>) => string;
  /** `unread`: known by name only, there is no feed of its advisories. */
  readonly advisories: 'read' | 'unread';
  /** Releases whose end of life is known, past and to come. One that is not in it has no known end. */
  readonly endOfLife: readonly EndOfLife[];
}
