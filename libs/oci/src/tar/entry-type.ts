import type { ExtensionType } from './entry-names.ts';
import { BLOCK_BYTES } from './tar-header.ts';

/** What the container runtimes unpack; they refuse the rest. */
export const KNOWN_TYPES: ReadonlySet<string> = new Set(['\0', '0', '1', '2', '3', '4', '5', '6', '7', 'S', 'D']);

/** Bytes after a body, up to the next block. */
export function padding(bodyBytes: number): number {
  return (BLOCK_BYTES - (bodyBytes % BLOCK_BYTES)) % BLOCK_BYTES;
}

/** Whether the entry is a header for the next one. */
export function isExtension(type: string): type is ExtensionType {
  return type === 'x' || type === 'g' || type === 'L' || type === 'K' || type === 'X';
}

/** Whether the entry is a file with content. */
export function isRegular(type: string): boolean {
  return type === '0' || type === '\0' || type === '7' || type === 'S';
}

/** As Go's reader decides, which the runtimes unpack with: a trailing slash makes a directory in the oldest format only. */
export function isDirectory(type: string, name: string): boolean {
  return type === '5' || type === 'D' || (type === '\0' && name.endsWith('/'));
}

/** Links, devices, directories and pipes may carry a size that means nothing. */
export function hasBody(type: string, name: string): boolean {
  return !(/^[1-6]$/.test(type) || (type === '\0' && name.endsWith('/')));
}
