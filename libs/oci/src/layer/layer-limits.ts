/** What one layer may cost. Every number is a ceiling for something that comes from outside. */
export interface LayerLimits {
  /** Bytes of the blob as transferred. */
  readonly blobBytes: number;
  /** Bytes of the tar stream after inflation. They are streamed, not stored, so this bounds time and not memory. */
  readonly tarBytes: number;
  /** Inflated bytes per compressed byte; looked at after the first {@link RATIO_FREE_BYTES} of output. */
  readonly ratio: number;
  /** Tar headers, those that only carry names included. */
  readonly entries: number;
  /** Longest path of an entry; a longer one costs that entry (no Linux system could create it). */
  readonly pathBytes: number;
  /** Largest file that is ever held, whatever the visitor wants. */
  readonly fileBytes: number;
  /** Larger files are held on disk, in a temporary file, while they are read. */
  readonly memoryBytes: number;
  /** For the whole layer, first byte to last. */
  readonly timeoutMs: number;
  /** Longest wait for the next bytes. */
  readonly idleMs: number;
}

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

/** Small streams may be of any ratio: a layer of empty databases is mostly zeros and harmless. */
export const RATIO_FREE_BYTES = 64 * MIB;

/**
 * Chosen so that what is seen in practice passes: images of machine learning tools have single layers of 10 GiB and more.
 * The ratio lets real layers with a large sparse `lastlog` through, and stops deflate's own maximum (about 1,030:1).
 */
export const DEFAULT_LAYER_LIMITS: LayerLimits = {
  blobBytes: 20 * GIB,
  tarBytes: 64 * GIB,
  ratio: 500,
  entries: 2_000_000,
  pathBytes: 4096,
  fileBytes: 2 * GIB,
  memoryBytes: 8 * MIB,
  timeoutMs: 30 * 60_000,
  idleMs: 60_000,
};
