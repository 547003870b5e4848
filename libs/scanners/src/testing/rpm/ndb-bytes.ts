import { adler32 } from '../../scanners/rpm/adler32.ts';

const SLOT_PAGE_BYTES = 4096;

/** An NDB database with these headers as packages 1, 2, …; an empty slot before each. */
export function ndbBytes(headers: readonly Uint8Array[]): Uint8Array {
  const blobBytes = headers.map((header) => Math.ceil((16 + header.length + 12) / 16) * 16);
  const bytes = new Uint8Array(SLOT_PAGE_BYTES + blobBytes.reduce((sum, length) => sum + length, 0));
  const view = new DataView(bytes.buffer);
  putMagic(bytes, 0, 'RpmP');
  view.setUint32(12, 1, true);
  view.setUint32(16, headers.length + 1, true);
  for (let at = 32; at < SLOT_PAGE_BYTES; at += 16) putMagic(bytes, at, 'Slot');
  let from = SLOT_PAGE_BYTES;
  for (const [i, header] of headers.entries()) {
    const slot = 32 + (2 * i + 1) * 16;
    const length = blobBytes[i] ?? 0;
    view.setUint32(slot + 4, i + 1, true);
    view.setUint32(slot + 8, from / 16, true);
    view.setUint32(slot + 12, length / 16, true);
    putMagic(bytes, from, 'BlbS');
    view.setUint32(from + 4, i + 1, true);
    view.setUint32(from + 12, header.length, true);
    bytes.set(header, from + 16);
    const tail = from + length - 12;
    view.setUint32(tail, adler32(bytes.subarray(from, tail)), true);
    view.setUint32(tail + 4, header.length, true);
    putMagic(bytes, tail + 8, 'BlbE');
    from += length;
  }
  return bytes;
}

function putMagic(bytes: Uint8Array, at: number, magic: string): void {
  for (let i = 0; i < magic.length; i += 1) bytes[at + i] = magic.charCodeAt(i);
}
