import type { Distribution, RepositoryFacts, Result, ScannedPackage } from '@clair/model';

/** A file of a layer, whole in memory: never longer than the scanner's {@link Scanner.fileBytesMax}. */
export interface ScannedFile {
  /** Path in the layer without a leading `/` or `./`: `var/lib/dpkg/status`. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** The bytes as UTF-8, malformed sequences replaced. */
  text(): string;
}

/** What a scanner read. `problems` are records that did not read; the others are kept. */
export interface ScanOutcome {
  readonly packages: readonly ScannedPackage[];
  readonly distribution?: Distribution;
  readonly repositories?: RepositoryFacts;
  readonly problems: readonly string[];
}

/** Why nothing of a file could be read. */
export interface UnreadableFile {
  readonly kind: 'malformed';
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
  /** From the path alone, and cheap: it is asked for every entry of every layer. */
  wants(path: string): boolean;
  /** Pure, and never throws for data. An `ok` without packages says that the file was read and holds none. */
  read(file: ScannedFile): Result<ScanOutcome, UnreadableFile>;
}
