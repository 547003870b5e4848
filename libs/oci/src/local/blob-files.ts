import type { Readable } from 'node:stream';
import type { Result } from '@clair/model';
import type { ImageError } from '../image/image-error.ts';

/** Files by name: a directory, or the members of an archive. */
export interface BlobFiles {
  /** Names the place in messages. */
  readonly name: string;
  /** The whole file; `undefined` when there is none of that name. */
  read(path: string, bytesMax: number): Promise<Result<Uint8Array | undefined, ImageError>>;
  /** Bytes of the file; `undefined` when there is none of that name. */
  size(path: string): Promise<number | undefined>;
  /** Rejects when the file cannot be opened. */
  open(path: string): Promise<Readable>;
}
