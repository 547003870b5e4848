import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { err, ok, type Result } from '@clair/model';
import { type ImageError, imageError } from '../image/image-error.ts';
import { sniffCompression } from '../layer/compression.ts';
import { EntryNames, type ExtensionType } from '../tar/entry-names.ts';
import { BLOCK_BYTES, isZeroBlock, readTarHeader, type TarHeader } from '../tar/tar-header.ts';
import { normalizeTarPath } from '../tar/tar-path.ts';
import type { BlobFiles } from './blob-files.ts';
import { messageOf, openFile } from './directory-files.ts';

/** Images of a thousand layers have a few thousand members; a root file system is no image archive. */
const MEMBERS_MAX = 100_000;
const EXTENSION_BYTES_MAX = 1024 * 1024;
const LINKS_MAX = 8;

type Member =
  | { readonly kind: 'file'; readonly offset: number; readonly size: number }
  | { readonly kind: 'link'; readonly target: string };

/** Finds the members of a tar file without reading their content, so that each can be read on its own. */
export async function tarMembers(file: string): Promise<Result<BlobFiles, ImageError>> {
  let handle: FileHandle;
  try {
    handle = await open(file, 'r');
  } catch (reason) {
    return err(imageError('unreadable', `${file}: cannot be read: ${messageOf(reason)}`));
  }
  try {
    const members = await listMembers(handle, file);
    return members.ok ? ok(new TarFiles(file, members.value)) : members;
  } catch (reason) {
    return err(imageError('unreadable', `${file}: cannot be read: ${messageOf(reason)}`));
  } finally {
    await handle.close();
  }
}

async function listMembers(handle: FileHandle, file: string): Promise<Result<Map<string, Member>, ImageError>> {
  const { size: fileBytes } = await handle.stat();
  const members = new Map<string, Member>();
  const names = new EntryNames();
  const block = Buffer.alloc(BLOCK_BYTES);
  let offset = 0;
  for (let headers = 0; offset + BLOCK_BYTES <= fileBytes; headers++) {
    if (headers > MEMBERS_MAX)
      return err(imageError('limit', `${file}: more than ${MEMBERS_MAX} members; this is no image archive`));
    await readFully(handle, block, offset);
    if (isZeroBlock(block, 0)) break;
    const header = readTarHeader(block, 0);
    if (header === undefined)
      return err(imageError('malformed', `${file}: ${headers === 0 ? noTar(block) : `damaged at byte ${offset}`}`));
    offset += BLOCK_BYTES;
    if (isExtension(header.type)) {
      const size = header.size ?? EXTENSION_BYTES_MAX + 1;
      if (size > EXTENSION_BYTES_MAX || offset + size > fileBytes)
        return err(imageError('malformed', `${file}: damaged at byte ${offset}`));
      const content = Buffer.alloc(size);
      await readFully(handle, content, offset);
      names.extend(header.type, content);
      offset += padded(size);
      continue;
    }
    const bodyBytes = addMember(members, names, header, offset);
    if (bodyBytes === undefined || offset + bodyBytes > fileBytes)
      return err(imageError('malformed', `${file}: it ends in the middle`));
    offset += padded(bodyBytes);
  }
  if (offset === 0) return err(imageError('malformed', `${file}: ${noTar(block)}`));
  return ok(members);
}

/** Bytes to pass over; `undefined` when the header does not say. Later members of a name replace earlier ones. */
function addMember(
  members: Map<string, Member>,
  names: EntryNames,
  header: TarHeader,
  offset: number,
): number | undefined {
  const entry = names.apply(header);
  const path = entry.problem === undefined ? normalizeTarPath(entry.name) : undefined;
  const isFile = header.type === '0' || header.type === '\0' || header.type === '7';
  if (isFile) {
    if (path !== undefined && entry.size !== undefined) members.set(path, { kind: 'file', offset, size: entry.size });
    return entry.size;
  }
  if (path !== undefined && (header.type === '1' || header.type === '2')) {
    const base = header.type === '2' ? path.replace(/[^/]*$/, '') : '';
    const target = resolveLink(`${base}${entry.linkName}`);
    if (target !== undefined) members.set(path, { kind: 'link', target });
  }
  return /^[1-6]$/.test(header.type) ? 0 : entry.size;
}

/** Older `docker save` writes a layer that occurs twice as a link like `../ID/layer.tar`. */
function resolveLink(path: string): string | undefined {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join('/');
}

class TarFiles implements BlobFiles {
  readonly name: string;
  readonly #members: ReadonlyMap<string, Member>;

  constructor(file: string, members: ReadonlyMap<string, Member>) {
    this.name = file;
    this.#members = members;
  }

  async read(path: string, bytesMax: number): Promise<Result<Uint8Array | undefined, ImageError>> {
    const member = this.#find(path);
    if (member === undefined) return ok(undefined);
    const { offset, size } = member;
    if (size > bytesMax)
      return err(imageError('limit', `${this.name}: ${path} has ${size} bytes; the limit is ${bytesMax}`));
    try {
      const handle = await open(this.name, 'r');
      try {
        const bytes = Buffer.alloc(size);
        await readFully(handle, bytes, offset);
        return ok(bytes);
      } finally {
        await handle.close();
      }
    } catch (reason) {
      return err(imageError('unreadable', `${this.name}: ${path} cannot be read: ${messageOf(reason)}`));
    }
  }

  async size(path: string): Promise<number | undefined> {
    return this.#find(path)?.size;
  }

  async open(path: string): Promise<Readable> {
    const member = this.#find(path);
    if (member === undefined) throw new Error(`${this.name}: there is no ${path}`);
    if (member.size === 0) return Readable.from([]);
    return openFile(this.name, { start: member.offset, end: member.offset + member.size - 1 });
  }

  #find(path: string): Extract<Member, { kind: 'file' }> | undefined {
    let at = normalizeTarPath(path);
    for (let links = 0; at !== undefined && links <= LINKS_MAX; links++) {
      const member = this.#members.get(at);
      if (member?.kind !== 'link') return member;
      at = member.target;
    }
    return undefined;
  }
}

async function readFully(handle: FileHandle, into: Buffer, position: number): Promise<void> {
  for (let done = 0; done < into.length; ) {
    const { bytesRead } = await handle.read(into, done, into.length - done, position + done);
    if (bytesRead === 0) throw new Error('it became shorter while it was read');
    done += bytesRead;
  }
}

function noTar(block: Buffer): string {
  const found = sniffCompression(block);
  if (found === 'none') return 'this is no tar archive';
  return `this is compressed (${typeof found === 'object' ? found.unsupported : found}); decompress it first`;
}

function isExtension(type: string): type is ExtensionType {
  return type === 'x' || type === 'g' || type === 'L' || type === 'K' || type === 'X';
}

function padded(bytes: number): number {
  return Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES;
}
