import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, open, readdir, readlink, statfs } from 'node:fs/promises';
import { tarEnd, tarPadding, writeTarHeader } from '../tar/tar-writer.ts';

/** Collected so that the reader gets a few large pieces and not one for each header. */
const PIECE_BYTES = 256 * 1024;
const SLASH = Buffer.from('/');
const EMPTY = Buffer.alloc(0);

/** Kernel file systems, which are no part of an image and partly never end. @see statfs(2) */
const PSEUDO_FILE_SYSTEMS: ReadonlySet<number> = new Set([
  0x9fa0, // proc
  0x62656572, // sysfs
  0x1cd1, // devpts
  0x27e0eb, // cgroup
  0x63677270, // cgroup2
  0x64626720, // debugfs
  0x74726163, // tracefs
  0x73636673, // securityfs
  0xcafe4a11, // bpf
  0x19800202, // mqueue
]);

/** What happened while a directory was written. */
export interface DirectoryNotes {
  /** Files that could not be read and are missing, with the reason; the first ones. */
  readonly unreadable: string[];
  unreadableCount: number;
  /** A file that became shorter or is newer than the walk; explains why two walks differ. */
  changed: string | undefined;
}

export function newNotes(): DirectoryNotes {
  return { unreadable: [], unreadableCount: 0, changed: undefined };
}

const NAMED_MAX = 20;

/**
 * The tree below `root` as a tar: names sorted by bytes, owners and times left out, symbolic links as links and never followed,
 * kernel file systems and sockets, pipes and devices left out. The same content gives the same bytes.
 */
export async function* directoryTar(root: string, sinceMs: number, notes: DirectoryNotes): AsyncGenerator<Buffer> {
  const writer = new DirectoryTar(Buffer.from(root), sinceMs, notes);
  yield* batched(writer.walk(EMPTY));
}

class DirectoryTar {
  readonly #root: Buffer;
  readonly #sinceMs: number;
  readonly #notes: DirectoryNotes;

  constructor(root: Buffer, sinceMs: number, notes: DirectoryNotes) {
    this.#root = root;
    this.#sinceMs = sinceMs;
    this.#notes = notes;
  }

  /** One directory and what is below; the root itself has no entry. */
  async *walk(path: Buffer, device?: number): AsyncGenerator<Buffer> {
    // The root may be a link; what is below it may not.
    const status = path.length === 0 ? undefined : await this.#attempt(path, () => lstat(this.#full(path)));
    if (status !== undefined && status.dev !== device && (await isPseudo(this.#full(path)))) return;
    for (const name of await this.#list(path)) {
      const child = path.length === 0 ? name : Buffer.concat([path, SLASH, name]);
      yield* this.#entry(child, status?.dev);
    }
  }

  async *#entry(path: Buffer, device: number | undefined): AsyncGenerator<Buffer> {
    const status = await this.#attempt(path, () => lstat(this.#full(path)));
    if (status === undefined) return;
    const mode = status.mode & 0o7777;
    if (status.isDirectory()) {
      yield writeTarHeader({ path, type: '5', mode, size: 0, linkName: EMPTY });
      yield* this.walk(path, device);
    } else if (status.isSymbolicLink()) {
      const linkName = await this.#attempt(path, () => readlink(this.#full(path), { encoding: 'buffer' }));
      if (linkName !== undefined) yield writeTarHeader({ path, type: '2', mode, size: 0, linkName });
    } else if (status.isFile()) {
      yield* this.#file(path);
    }
  }

  async *#file(path: Buffer): AsyncGenerator<Buffer> {
    // Not through a link that took the file's place since, and without waiting should it be a pipe by now.
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    const handle = await this.#attempt(path, () => open(this.#full(path), flags));
    if (handle === undefined) return;
    try {
      const status = await handle.stat();
      if (!status.isFile()) return;
      this.#noteChange(path, status);
      yield writeTarHeader({ path, type: '0', mode: status.mode & 0o7777, size: status.size, linkName: EMPTY });
      yield* this.#content(handle, path, status.size);
      yield tarPadding(status.size);
    } finally {
      await handle.close();
    }
  }

  /** Exactly `size` bytes: the header has promised them. */
  async *#content(handle: FileHandle, path: Buffer, size: number): AsyncGenerator<Buffer> {
    for (let done = 0; done < size; ) {
      const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, size - done));
      const read = await this.#attempt(path, () => handle.read(piece, 0, piece.length, done));
      const bytes = read?.bytesRead ?? 0;
      if (bytes === 0) {
        this.#notes.changed ??= path.toString();
        piece.fill(0);
      }
      yield bytes === 0 ? piece : piece.subarray(0, bytes);
      done += bytes === 0 ? piece.length : bytes;
    }
  }

  async #list(path: Buffer): Promise<Buffer[]> {
    const names = await this.#attempt(path, () => readdir(this.#full(path), { encoding: 'buffer' }));
    return (names ?? []).sort(Buffer.compare);
  }

  #noteChange(path: Buffer, status: Stats): void {
    if (status.mtimeMs > this.#sinceMs) this.#notes.changed ??= path.toString();
  }

  /** `undefined` when the file cannot be read, which is noted. */
  async #attempt<T>(path: Buffer, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (reason) {
      this.#notes.unreadableCount += 1;
      const why = reason instanceof Error && 'code' in reason ? String(reason.code) : String(reason);
      if (this.#notes.unreadable.length < NAMED_MAX) this.#notes.unreadable.push(`${path.toString() || '.'} (${why})`);
      return undefined;
    }
  }

  #full(path: Buffer): Buffer {
    return path.length === 0 ? this.#root : Buffer.concat([this.#root, SLASH, path]);
  }
}

async function isPseudo(path: Buffer): Promise<boolean> {
  try {
    return PSEUDO_FILE_SYSTEMS.has((await statfs(path)).type);
  } catch {
    // Then reading it fails, too, and is noted there.
    return false;
  }
}

async function* batched(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  for await (const piece of pieces) {
    held.push(piece);
    heldBytes += piece.length;
    if (heldBytes < PIECE_BYTES) continue;
    yield Buffer.concat(held, heldBytes);
    held = [];
    heldBytes = 0;
  }
  yield Buffer.concat([...held, tarEnd()]);
}
