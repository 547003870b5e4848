import type { Body, FileBody } from './entry-body.ts';
import { EntryNames, type ExtensionType, type NamedEntry } from './entry-names.ts';
import { hasBody, isDirectory, isExtension, isRegular, KNOWN_TYPES, padding } from './entry-type.ts';
import { type TarFileSink, TarFileStore } from './tar-file.ts';
import { BLOCK_BYTES, isZeroBlock, readTarHeader, type TarHeader } from './tar-header.ts';
import { nameProblem, normalizeTarPath } from './tar-path.ts';
import type { RejectedEntry, SkipReason, TarVisitor } from './tar-visitor.ts';

/** Go's tar reader, which the container runtimes use, takes no longer extended header either. */
const EXTENSION_BYTES_MAX = 1024 * 1024;
/** Rejected entries are all counted; only so many are named. */
const REJECTED_NAMED_MAX = 50;
const REJECTED_NAME_CHARS = 200;

export interface TarFailure {
  readonly kind: 'not-a-tar' | 'truncated' | 'limit';
  readonly message: string;
}

export interface TarLimits {
  readonly entries: number;
  readonly pathBytes: number;
  readonly fileBytes: number;
  /** Larger files are held on disk. Absent: none is. */
  readonly memoryBytes?: number;
}

/**
 * Walks a tar stream that is pushed to it in pieces of any size, and tells a visitor what it holds.
 * Reads V7, ustar, PAX, GNU and star headers; missing end blocks and several tars in a row are read, what follows the end
 * blocks and is no tar is ignored. Holds one header and at most one wanted file.
 */
export class TarWalker {
  readonly #visitor: TarVisitor;
  readonly #limits: TarLimits;
  readonly #files: TarFileStore;
  readonly #names = new EntryNames();
  readonly #block = Buffer.allocUnsafe(BLOCK_BYTES);
  #blockFilled = 0;
  #body: Body | undefined;
  #skipBytes = 0;
  /** How many of {@link #skipBytes} are only padding, which may be missing at the very end. */
  #paddingBytes = 0;
  #zeroBlocks = 0;
  #inSparseMap = false;
  /** The size that waits behind the blocks of an old GNU sparse map. */
  #sparseBytes = 0;
  #ended = false;
  #failure: TarFailure | undefined;
  #streamBytes = 0;
  #headers = 0;
  #rejectedCount = 0;
  readonly #rejected: RejectedEntry[] = [];

  constructor(visitor: TarVisitor, limits: TarLimits) {
    this.#visitor = visitor;
    this.#limits = limits;
    this.#files = new TarFileStore(limits.memoryBytes);
  }

  /** Headers read so far, those of extended headers included. */
  get entries(): number {
    return this.#headers;
  }

  get rejectedCount(): number {
    return this.#rejectedCount;
  }

  /** The first few of the rejected entries. */
  get rejected(): readonly RejectedEntry[] {
    return this.#rejected;
  }

  /** Takes the next piece; nothing of it is kept but copies. After a failure every further push returns the same one. */
  push(chunk: Buffer): TarFailure | undefined {
    const length = chunk.length;
    let at = 0;
    while (at < length && this.#failure === undefined && !this.#ended) {
      if (this.#skipBytes > 0) {
        const step = Math.min(this.#skipBytes, length - at);
        this.#skipBytes -= step;
        at += step;
      } else if (this.#body !== undefined) {
        at += this.#fill(this.#body, chunk, at);
      } else if (this.#blockFilled === 0 && length - at >= BLOCK_BYTES) {
        this.#takeBlock(chunk, at, this.#streamBytes + at);
        at += BLOCK_BYTES;
      } else {
        const step = Math.min(BLOCK_BYTES - this.#blockFilled, length - at);
        chunk.copy(this.#block, this.#blockFilled, at, at + step);
        this.#blockFilled += step;
        at += step;
        if (this.#blockFilled === BLOCK_BYTES) {
          this.#blockFilled = 0;
          this.#takeBlock(this.#block, 0, this.#streamBytes + at - BLOCK_BYTES);
        }
      }
    }
    this.#streamBytes += length;
    return this.#failure;
  }

  /** To be called when the stream has ended: says whether it ended where a tar may. */
  finish(): TarFailure | undefined {
    if (this.#failure !== undefined || this.#ended) return this.#failure;
    if (this.#headers === 0 && this.#zeroBlocks === 0 && this.#blockFilled > 0) {
      return this.#fail('not-a-tar', `the content is ${this.#blockFilled} bytes, less than one tar header`);
    }
    const isInBody = this.#body !== undefined || this.#skipBytes > this.#paddingBytes;
    const isInHeader = this.#zeroBlocks === 0 && this.#block.subarray(0, this.#blockFilled).some((byte) => byte !== 0);
    if (isInBody || isInHeader || this.#inSparseMap || this.#names.pending) {
      return this.#fail('truncated', `the tar ends in the middle of an entry, after ${this.#streamBytes} bytes`);
    }
    return undefined;
  }

  #takeBlock(bytes: Buffer, at: number, offset: number): void {
    const header = this.#inSparseMap ? undefined : readTarHeader(bytes, at);
    if (this.#inSparseMap) this.#takeSparseMap(bytes, at);
    else if (header === undefined) this.#takeNoHeader(bytes, at, offset);
    else this.#takeHeader(header, offset);
  }

  #takeHeader(header: TarHeader, offset: number): void {
    this.#zeroBlocks = 0;
    this.#headers += 1;
    if (this.#headers > this.#limits.entries) {
      this.#fail('limit', `the tar has more than ${this.#limits.entries} entries`);
    } else if (isExtension(header.type)) {
      this.#startExtension(header.type, header.size, offset);
    } else {
      this.#startEntry(header, offset);
    }
  }

  #takeNoHeader(bytes: Buffer, at: number, offset: number): void {
    if (isZeroBlock(bytes, at)) this.#zeroBlocks += 1;
    else if (this.#headers === 0) this.#fail('not-a-tar', 'the content does not start with a tar header');
    else if (this.#zeroBlocks >= 2) this.#ended = true;
    else this.#fail('not-a-tar', `the tar is damaged: no valid header at byte ${offset}`);
  }

  /** Blocks of an old GNU sparse map follow its header, each saying at byte 504 whether another one does. */
  #takeSparseMap(bytes: Buffer, at: number): void {
    if (bytes[at + 504] === 1) return;
    this.#inSparseMap = false;
    this.#skip(this.#sparseBytes);
  }

  #startExtension(type: ExtensionType, size: number | undefined, offset: number): void {
    if (size === undefined) {
      this.#fail('not-a-tar', `the tar is damaged: unreadable size at byte ${offset}`);
    } else if ((type === 'L' || type === 'K') && size > this.#limits.pathBytes + 1) {
      this.#names.refuse(`name of ${size} bytes; the limit is ${this.#limits.pathBytes}`);
      this.#skip(size);
    } else if (size > EXTENSION_BYTES_MAX) {
      this.#fail('limit', `an extended header of ${size} bytes; the limit is ${EXTENSION_BYTES_MAX}`);
    } else {
      const paddingBytes = padding(size);
      this.#body = { kind: 'extension', type, bytes: Buffer.allocUnsafe(size), filled: 0, paddingBytes };
      if (size === 0) this.#fill(this.#body, Buffer.alloc(0), 0);
    }
  }

  #startEntry(header: TarHeader, offset: number): void {
    const entry = this.#names.apply(header);
    if (entry.size === undefined) {
      this.#fail('not-a-tar', `the tar is damaged: unreadable size at byte ${offset}`);
      return;
    }
    const bodyBytes = hasBody(header.type, entry.name) ? entry.size : 0;
    const path = this.#place(header.type, entry);
    if (path !== undefined && this.#announce(header.type, path, entry, bodyBytes)) {
      const sink = this.#visitor.wantsContent === undefined ? this.#sink(bodyBytes) : undefined;
      const paddingBytes = padding(bodyBytes);
      this.#body = { kind: 'file', path, size: bodyBytes, filled: 0, sink, paddingBytes };
      if (bodyBytes === 0) this.#finishFile(this.#body);
    } else if (header.type === 'S' && header.sparseMapContinues) {
      this.#inSparseMap = true;
      this.#sparseBytes = bodyBytes;
    } else this.#skip(bodyBytes);
  }

  /** The path of an entry; `undefined` when it was rejected, and for the root itself, which every layer has. */
  #place(type: string, entry: NamedEntry): string | undefined {
    if (type === 'V') return undefined;
    const { pathBytes } = this.#limits;
    const reason = entry.problem ?? nameProblem(entry.name, pathBytes) ?? nameProblem(entry.linkName, pathBytes);
    if (reason !== undefined) return this.#reject(entry.name, reason);
    if (!KNOWN_TYPES.has(type)) return this.#reject(entry.name, `unknown entry type ${JSON.stringify(type)}`);
    const path = normalizeTarPath(entry.name);
    if (path === undefined) return this.#reject(entry.name, 'the name leads out of the layer');
    if (path !== '') return path;
    return isDirectory(type, entry.name) ? undefined : this.#reject(entry.name, 'the name is empty');
  }

  /** Tells the visitor of the entry; true when its content is to be collected. */
  #announce(type: string, path: string, entry: NamedEntry, bodyBytes: number): boolean {
    const visitor = this.#visitor;
    if (isDirectory(type, entry.name)) visitor.directory(path);
    else if (type === '1') this.#announceLink(path, entry);
    else if (!isRegular(type)) visitor.other(path);
    else if (entry.sparse) visitor.skipped(path, bodyBytes, 'sparse');
    else if (!visitor.wants(path, bodyBytes)) visitor.skipped(path, bodyBytes, 'unwanted');
    else if (visitor.wantsContent !== undefined || bodyBytes <= this.#limits.fileBytes) return true;
    else visitor.skipped(path, bodyBytes, 'limit');
    return false;
  }

  #announceLink(path: string, entry: NamedEntry): void {
    const target = normalizeTarPath(entry.linkName);
    if (target === undefined || target === '') this.#reject(entry.name, 'the link leads out of the layer');
    else this.#visitor.hardlink(path, target);
  }

  #sink(size: number): TarFileSink {
    return this.#files.sink(size);
  }

  #fill(body: Body, chunk: Buffer, at: number): number {
    if (body.kind === 'file') return this.#fillFile(body, chunk, at);
    const step = Math.min(body.bytes.length - body.filled, chunk.length - at);
    chunk.copy(body.bytes, body.filled, at, at + step);
    body.filled += step;
    if (body.filled === body.bytes.length) {
      this.#endBody(body);
      this.#names.extend(body.type, body.bytes);
    }
    return step;
  }

  #fillFile(body: FileBody, chunk: Buffer, at: number): number {
    const { sink } = body;
    const end = sink === undefined ? Math.min(BLOCK_BYTES, body.size) : body.size;
    const step = Math.min(end - body.filled, chunk.length - at);
    if (sink === undefined) chunk.copy(this.#block, body.filled, at, at + step);
    else sink.write(chunk.subarray(at, at + step));
    body.filled += step;
    if (body.filled === end && sink === undefined) this.#decideContent(body);
    if (body.filled === body.size && this.#body === body) this.#finishFile(body);
    return step;
  }

  /** The beginning of the file is in the block that headers are collected in, which is free while a body comes. */
  #decideContent(body: FileBody): void {
    const head = this.#block.subarray(0, body.filled);
    if (this.#visitor.wantsContent?.(body.path, head, body.size) === false) {
      this.#passBy(body, 'unwanted-content');
    } else if (body.size > this.#limits.fileBytes) {
      // Said only of a file that somebody wants: one of no interest may have any size.
      this.#passBy(body, 'limit');
    } else {
      body.sink = this.#sink(body.size);
      body.sink.write(head);
    }
  }

  #passBy(body: FileBody, reason: SkipReason): void {
    this.#endBody(body);
    this.#skipBytes += body.size - body.filled;
    this.#visitor.skipped(body.path, body.size, reason);
  }

  #finishFile(body: FileBody): void {
    this.#endBody(body);
    const sink = body.sink ?? this.#sink(body.size);
    try {
      const content = sink.finish();
      if (content === undefined) this.#visitor.skipped(body.path, body.size, 'not-held');
      else this.#visitor.file(body.path, content);
    } finally {
      sink.close();
    }
  }

  #endBody(body: Body): void {
    this.#body = undefined;
    this.#skipBytes = body.paddingBytes;
    this.#paddingBytes = body.paddingBytes;
  }

  #skip(bodyBytes: number): void {
    this.#paddingBytes = padding(bodyBytes);
    this.#skipBytes = bodyBytes + this.#paddingBytes;
  }

  #reject(name: string, reason: string): undefined {
    this.#rejectedCount += 1;
    const shown = name.slice(0, REJECTED_NAME_CHARS);
    if (this.#rejected.length < REJECTED_NAMED_MAX) this.#rejected.push({ name: shown, reason });
    return undefined;
  }

  #fail(kind: TarFailure['kind'], message: string): TarFailure {
    this.#failure = { kind, message };
    return this.#failure;
  }
}
