/** What {@link sniffCompression} can tell and the inflater can undo. */
export type Compression = 'gzip' | 'zstd' | 'none';

/** The longest magic below; fewer bytes decide too when the content is shorter. */
export const SNIFF_BYTES = 10;

const UNSUPPORTED: readonly { readonly name: string; readonly magic: string }[] = [
  { name: 'bzip2', magic: '425a683?314159265359' },
  { name: 'bzip2', magic: '425a683?177245385090' },
  { name: 'xz', magic: 'fd377a585a00' },
  { name: 'lzma', magic: '5d00008000' },
  { name: 'lz4', magic: '04224d18' },
  { name: 'lzip', magic: '4c5a495001' },
  { name: 'compress', magic: '1f9d' },
];

/**
 * How `head`, the first {@link SNIFF_BYTES} of a blob, is compressed. Media types are not asked: they are often wrong.
 * Anything unknown is `none`, and the tar reader says whether it is a tar.
 */
export function sniffCompression(head: Uint8Array): Compression | { readonly unsupported: string } {
  const hex = Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('hex');
  if (hex.startsWith('1f8b08')) return 'gzip';
  // A zstd stream may start with a skippable frame, 0x184D2A50 to 0x184D2A5F, little-endian.
  if (hex.startsWith('28b52ffd') || /^5[0-9a-f]2a4d18/.test(hex)) return 'zstd';
  const found = UNSUPPORTED.find(({ magic }) => matches(hex, magic));
  return found === undefined ? 'none' : { unsupported: found.name };
}

function matches(hex: string, magic: string): boolean {
  if (hex.length < magic.length) return false;
  for (let at = 0; at < magic.length; at++) if (magic[at] !== '?' && magic[at] !== hex[at]) return false;
  return true;
}
