import { scannedFile } from '../file-reading.ts';
import { contentOf } from '../layer-content.ts';
import type { ScannedFile } from '../scanner.ts';

/** A file of that text, for tests. */
export function textFile(path: string, text: string): ScannedFile {
  return scannedFile(path, contentOf(utf8(text)), () => text);
}

/** A file of those bytes, for tests; its text is one character a byte. */
export function bytesFile(path: string, bytes: Uint8Array): ScannedFile {
  return scannedFile(path, contentOf(bytes), (all) => Array.from(all, (byte) => String.fromCharCode(byte)).join(''));
}

/** The libraries have no encoder: they are checked without any platform's types. */
function utf8(text: string): Uint8Array {
  return Uint8Array.from(unescape(encodeURIComponent(text.toWellFormed())), (char) => char.charCodeAt(0));
}
