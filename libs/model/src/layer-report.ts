import type { Distribution } from './distribution.ts';
import type { ScannedPackage } from './package.ts';

/** Something that could not be read. It costs that file, never the image, and is shown in the report. */
export interface FileProblem {
  readonly scanner: string;
  /** Path in the image, without a leading slash; for an archive member `outer.jar:inner.jar`. */
  readonly path: string;
  /**
   * - `malformed`: the file, or a record of it, does not read; what could be read of it is kept.
   * - `limit`: the file, or something in it, is beyond a limit of the scanner and was not read.
   * - `incomplete`: the scanner could not finish (an unreachable helper); nothing may be concluded from its silence.
   * - `unidentified`: the file is software, and nothing in it says which.
   */
  readonly kind: 'malformed' | 'limit' | 'incomplete' | 'unidentified';
  readonly reason: string;
}

/** The repository that a package was installed from, as the history of the package manager says it. */
export interface PackageOrigin {
  readonly name: string;
  /** `epoch:version-release`, the epoch left out when it is 0. */
  readonly version: string;
  readonly arch: string;
  /** `rhel-9-for-x86_64-baseos-rpms`. */
  readonly repoid: string;
}

/** What a file of an image says of the repositories that its packages came from. Which products those are is not known in it. */
export interface RepositoryFacts {
  /** Content sets of the image, by the ids of their repositories. */
  readonly contentSets: readonly string[];
  /** Products that the image itself is labelled with, as CPEs. */
  readonly cpes: readonly string[];
  readonly origins: readonly PackageOrigin[];
}

/** A package that a scanner found in a file. */
export interface FoundPackage extends ScannedPackage {
  /** The path in the archive that the file is, where it is one: `WEB-INF/lib/a.jar`; of an archive in it, `a.jar:b.jar`. */
  readonly member?: string;
}

/** The files that a distribution's package brought, of those that scanners of language packages look at. */
export interface OwnedFiles {
  /** The package's name. */
  readonly owner: string;
  /** Without a leading slash. */
  readonly paths: readonly string[];
}

/** What one scanner read from one file of a layer. An empty list of packages is a fact: the database was emptied. */
export interface FileFindings {
  readonly scanner: string;
  readonly path: string;
  readonly packages: readonly FoundPackage[];
  readonly owned?: readonly OwnedFiles[];
  readonly distribution?: Distribution;
  readonly repositories?: RepositoryFacts;
}

/**
 * What a layer holds, as far as any scanner wanted it, and what it does to the layers below.
 * Everything that is needed to resolve the overlay exactly, and nothing of the layer's bulk.
 */
export interface LayerReport {
  readonly files: readonly FileFindings[];
  readonly problems: readonly FileProblem[];
  /** Paths removed from lower layers (`.wh.NAME` entries, resolved to the path they remove). */
  readonly whiteouts: readonly string[];
  /** Directories whose content of lower layers is hidden (`.wh..wh..opq`); the empty string is the root. */
  readonly opaques: readonly string[];
  /** Paths of entries that are not directories and so hide a file or a whole directory of a lower layer at that path. */
  readonly replaced: readonly string[];
  /** Directories where a file would be wanted: what a lower layer has as a file at that very path is gone. Not what is below it. */
  readonly directories: readonly string[];
  /** Wanted paths that are hard links to a path that this layer does not hold. */
  readonly links: readonly { readonly path: string; readonly target: string }[];
  /** Bytes of the blob as transferred, and of the tar stream. */
  readonly blobBytes: number;
  readonly tarBytes: number;
}
