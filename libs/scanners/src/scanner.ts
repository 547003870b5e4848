import type {
  Distribution,
  FileProblem,
  FoundPackage,
  OwnedFiles,
  RepositoryFacts,
  Result,
  ScannedPackage,
} from '@clair/model';

/** A file of a layer: never longer than the scanner's {@link Scanner.fileBytesMax}. */
export interface ScannedFile {
  /** Path in the layer without a leading `/` or `./`: `var/lib/dpkg/status`. */
  readonly path: string;
  /** Bytes of the whole. */
  readonly size: number;
  /** The whole in memory. A large file may be on disk: a scanner of large files asks for parts with {@link read}. */
  readonly bytes: Uint8Array;
  /** The bytes from `offset` on, at most `length`; fewer where the file ends. The caller must not change them. */
  read(offset: number, length: number): Uint8Array;
  /** The whole as UTF-8, malformed sequences replaced. */
  text(): string;
}

/** A record of a file that was not read, or not wholly. A text alone is of kind `malformed`. */
export type ScanProblem =
  | string
  | {
      readonly kind: FileProblem['kind'];
      readonly reason: string;
      /** Path in the archive that the file is. */
      readonly member?: string;
    };

/** What a scanner read. `problems` are records that did not read; the others are kept. */
export interface ScanOutcome {
  readonly packages: readonly FoundPackage[];
  readonly distribution?: Distribution;
  readonly repositories?: RepositoryFacts;
  /** Files that the distribution's packages brought; those that no scanner wants are left out afterwards. */
  readonly owned?: readonly OwnedFiles[];
  readonly problems: readonly ScanProblem[];
}

/** Why nothing of a file could be read. */
export interface UnreadableFile {
  readonly kind: 'malformed' | 'limit';
  readonly reason: string;
}

/** Reads one ecosystem in a layer: which files it wants, and what they say. A folder of `scanners/`. */
export interface Scanner {
  /** The folder's name, and the name under which the API shows it. */
  readonly id: string;
  /** Raised with every change of what is read; a raised version makes clients index again (`index_state`). */
  readonly version: string;
  /** `repository`: where packages came from. */
  readonly kind: 'package' | 'distribution' | 'repository';
  /** Larger files are not read; that is recorded as a problem. */
  readonly fileBytesMax: number;
  /** Its files have no place of their own, as archives have none: a link to one is not looked at, since the file itself is. */
  readonly liesAnywhere?: true;
  /** From the path alone, and cheap: it is asked for every entry of every layer. */
  wants(path: string): boolean;
  /**
   * Whether a file that begins so is worth reading, for scanners that cannot tell from the path: `head` is its first
   * {@link HEAD_BYTES}, or all of a shorter one. A file that is not is passed over, whatever its size, without a problem. Such a
   * scanner reads the same from the same bytes, whatever their path. Absent: every wanted file is read.
   */
  wantsContent?(head: Uint8Array): boolean;
  /**
   * Of a lock file: the folder beside it into which its packages are installed, and the scanner that finds them there. Where it found
   * some, the lock file does not count.
   */
  readonly installs?: { readonly folder: string; readonly scanner: string };
  /** Pure, and never throws for data. An `ok` without packages says that the file was read and holds none. */
  read(file: ScannedFile): Result<ScanOutcome, UnreadableFile>;
}

/** How much of a file {@link Scanner.wantsContent} sees. */
export const HEAD_BYTES = 512;

/** The package itself where nothing else is its source: packages of languages. */
export function ownSource(pkg: Omit<ScannedPackage, 'source'>): ScannedPackage {
  return { ...pkg, source: { name: pkg.name, version: pkg.version } };
}
