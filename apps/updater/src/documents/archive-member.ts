import { DOCUMENT_INFLATE_LIMITS, type InflateLimits } from './inflate.ts';

/** The archive itself is broken: thrown while a member is read, it costs the archive and not the member. */
export class DamagedArchive extends Error {
  override readonly name = 'DamagedArchive';
}

/** A wanted member of an archive, or why it cannot be had; that costs the member, not the archive. */
export type ArchiveMember =
  | { readonly path: string; readonly document: AsyncIterable<Uint8Array> }
  | { readonly path: string; readonly rejected: string };

export interface ArchiveLimits extends InflateLimits {
  readonly entriesMax: number;
}

/** The archives of vendors hold some ten thousand documents. */
export const ARCHIVE_LIMITS: ArchiveLimits = { ...DOCUMENT_INFLATE_LIMITS, entriesMax: 2_000_000 };

/** Why a member is not read; the same words for every format. */
export function tooLarge(bytes: number, bytesMax: number): string {
  return `${bytes} bytes; the limit is ${bytesMax}`;
}
