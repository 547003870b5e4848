import { baseName, parentPath } from './layer-path.ts';

const PREFIX = '.wh.';
const META_PREFIX = '.wh..wh.';
const OPAQUE = '.wh..wh..opq';

/**
 * What a whiteout entry does to the layers below.
 * @see https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts
 */
export type Whiteout =
  | { readonly kind: 'remove'; readonly path: string }
  /** The content of the directory is hidden; the empty string is the root. */
  | { readonly kind: 'opaque'; readonly path: string }
  /** A reserved name of aufs: it removes nothing and is no file of the image. */
  | { readonly kind: 'reserved' }
  | { readonly kind: 'malformed' };

/** `undefined` for an ordinary path, which nearly all are. */
export function parseWhiteout(path: string): Whiteout | undefined {
  const name = baseName(path);
  if (!name.startsWith(PREFIX)) return undefined;
  const parent = parentPath(path);
  if (name === OPAQUE) return { kind: 'opaque', path: parent };
  if (name.startsWith(META_PREFIX)) return { kind: 'reserved' };
  const removed = name.slice(PREFIX.length);
  if (removed === '' || removed === '.' || removed === '..') return { kind: 'malformed' };
  return { kind: 'remove', path: parent === '' ? removed : `${parent}/${removed}` };
}
