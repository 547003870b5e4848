import { createHash, type Hash } from 'node:crypto';
import { type Digest, digestAlgorithm, digestHex, err, ok, parseDigest, type Result } from '@clair/model';
import { HttpBodyError } from '../http/http-failure.ts';
import type { RejectedEntry, TarVisitor } from '../tar/tar-visitor.ts';
import { TarWalker } from '../tar/tar-walker.ts';
import { type Compression, SNIFF_BYTES, sniffCompression } from './compression.ts';
import { createInflater, type Inflater } from './inflater.ts';
import { type LayerError, layerError } from './layer-error.ts';
import { type LayerLimits, RATIO_FREE_BYTES } from './layer-limits.ts';
import { Overdue, PacedSource } from './paced-source.ts';

/** What a layer was, read to its end. */
export interface LayerSummary {
  /** Bytes of the blob as transferred. */
  readonly blobBytes: number;
  /** Bytes of the tar stream. */
  readonly tarBytes: number;
  readonly compression: Compression;
  /** Tar headers, those of extended headers included. */
  readonly entries: number;
  /** Entries that have no place in an image (`..` in the name, a name that is too long, …), and the first fifty of them. */
  readonly rejectedCount: number;
  readonly rejected: readonly RejectedEntry[];
}

/**
 * Reads a layer in one streaming pass: verifies `digest` over the bytes as they come, inflates gzip (all members), zstd (all
 * frames) or neither, and shows the entries of the tar to `visit`. The visitor may have seen entries of a layer that turns out
 * to be bad: keep what it collected only after an `ok`. Memory: a few pieces and at most one wanted file, whatever the layer.
 *
 * A wrong digest is reported before any problem of the content, since it explains it. Closes `blob` in every case. Rejects only
 * with the reason of `signal`, or with what a visitor method threw.
 */
export async function readLayer(
  blob: AsyncIterable<Uint8Array> & { readonly isPaced?: boolean },
  digest: string,
  limits: LayerLimits,
  visit: TarVisitor,
  signal: AbortSignal,
): Promise<Result<LayerSummary, LayerError>> {
  const { timeoutMs, idleMs } = limits;
  const source = new PacedSource(blob, { timeoutMs, signal, ...(blob.isPaced !== true && { idleMs }) });
  const parsed = parseDigest(digest);
  const reading = parsed.ok ? new LayerReading(parsed.value, limits, visit) : undefined;
  try {
    if (reading === undefined)
      return err(layerError('digest-mismatch', `${JSON.stringify(digest)} is no sha256 or sha512 digest`));
    for (let chunk = await source.next(); chunk !== undefined; chunk = await source.next()) {
      const failure = await reading.take(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
      if (failure !== undefined) return err(failure);
    }
    return await reading.finish();
  } catch (reason) {
    return err(sourceError(reason, signal));
  } finally {
    reading?.close();
    source.close();
  }
}

/** The state of one pass. */
class LayerReading {
  readonly #digest: Digest;
  readonly #limits: LayerLimits;
  readonly #hash: Hash;
  readonly #walker: TarWalker;
  #head: Buffer | undefined = Buffer.alloc(0);
  #compression: Compression = 'none';
  #inflater: Inflater | undefined;
  #blobBytes = 0;
  #tarBytes = 0;
  /** Ends the pass at once. */
  #limitFailure: LayerError | undefined;
  /** Waits for the digest, which is the better explanation if it is wrong. */
  #contentFailure: LayerError | undefined;
  #thrown: { readonly reason: unknown } | undefined;

  constructor(digest: Digest, limits: LayerLimits, visit: TarVisitor) {
    this.#digest = digest;
    this.#limits = limits;
    this.#hash = createHash(digestAlgorithm(digest));
    this.#walker = new TarWalker(visit, limits);
  }

  /** Takes the next piece of the blob; an error ends the pass. */
  async take(chunk: Buffer): Promise<LayerError | undefined> {
    this.#blobBytes += chunk.length;
    if (this.#blobBytes > this.#limits.blobBytes) {
      return layerError('limit', `the blob is larger than ${this.#limits.blobBytes} bytes`);
    }
    this.#hash.update(chunk);
    if (this.#head === undefined) return this.#inflate(chunk);
    this.#head = Buffer.concat([this.#head, chunk]);
    return this.#head.length < SNIFF_BYTES ? undefined : this.#start();
  }

  async finish(): Promise<Result<LayerSummary, LayerError>> {
    const failure = (await this.#start()) ?? (await this.#end());
    if (failure !== undefined) return err(failure);
    const actual = this.#hash.digest('hex');
    if (actual !== digestHex(this.#digest)) {
      const found = `${digestAlgorithm(this.#digest)}:${actual}`;
      const advice = 'the registry serves other bytes than the manifest names, or something on the way changed them';
      return err(
        layerError('digest-mismatch', `the ${this.#blobBytes} bytes received have digest ${found}; ${advice}`),
      );
    }
    if (this.#contentFailure !== undefined) return err(this.#contentFailure);
    return ok({
      blobBytes: this.#blobBytes,
      tarBytes: this.#tarBytes,
      compression: this.#compression,
      entries: this.#walker.entries,
      rejectedCount: this.#walker.rejectedCount,
      rejected: this.#walker.rejected,
    });
  }

  close(): void {
    this.#inflater?.close();
  }

  /** Chooses how to inflate, from the first bytes; nothing when that is done. */
  async #start(): Promise<LayerError | undefined> {
    const head = this.#head;
    if (head === undefined) return undefined;
    this.#head = undefined;
    const found = sniffCompression(head);
    if (typeof found === 'object') {
      const advice = 'rebuild the image with gzip or zstd layers';
      this.#contentFailure = layerError('unsupported-compression', `compressed with ${found.unsupported}; ${advice}`);
      return undefined;
    }
    this.#compression = found;
    this.#inflater = createInflater(found, (bytes) => this.#takeTar(bytes));
    return head.length === 0 ? undefined : this.#inflate(head);
  }

  async #inflate(chunk: Buffer): Promise<LayerError | undefined> {
    if (this.#contentFailure === undefined && this.#inflater !== undefined) {
      this.#note(await this.#inflater.write(chunk));
    }
    return this.#outcome();
  }

  async #end(): Promise<LayerError | undefined> {
    if (this.#contentFailure === undefined && this.#inflater !== undefined) {
      this.#note(await this.#inflater.end());
      if (this.#contentFailure === undefined) this.#note(this.#walker.finish());
    }
    return this.#outcome();
  }

  #outcome(): LayerError | undefined {
    if (this.#thrown !== undefined) throw new VisitorFault(this.#thrown.reason);
    return this.#limitFailure;
  }

  /** Called by the inflater, from an event: must not throw. */
  #takeTar(bytes: Buffer): void {
    if (this.#limitFailure !== undefined || this.#contentFailure !== undefined || this.#thrown !== undefined) return;
    this.#tarBytes += bytes.length;
    const exceeded = this.#exceeded();
    if (exceeded !== undefined) {
      this.#note({ kind: 'limit', message: exceeded });
      return;
    }
    try {
      this.#note(this.#walker.push(bytes));
    } catch (reason) {
      this.#thrown = { reason };
      this.#inflater?.close();
    }
  }

  /** Which limit the inflated bytes have passed. */
  #exceeded(): string | undefined {
    const { tarBytes, ratio } = this.#limits;
    if (this.#tarBytes > tarBytes) return `it inflates to more than ${tarBytes} bytes`;
    if (this.#tarBytes <= RATIO_FREE_BYTES) return undefined;
    const isBomb = this.#tarBytes > ratio * (this.#inflater?.consumedBytes ?? 0);
    return isBomb ? `it inflates more than ${ratio} times: a decompression bomb` : undefined;
  }

  #note(failure: { readonly kind: 'not-a-tar' | 'truncated' | 'limit'; readonly message: string } | undefined): void {
    if (failure === undefined) return;
    const error = layerError(failure.kind, failure.message);
    if (failure.kind === 'limit') this.#limitFailure ??= error;
    else this.#contentFailure ??= error;
    // Stops the inflating at once; a bomb must not run on until its input ends.
    this.#inflater?.close();
  }
}

/** Carries what a visitor threw past the mapping of the source's errors. */
class VisitorFault extends Error {
  readonly reason: unknown;

  constructor(reason: unknown) {
    super('a visitor method threw');
    this.reason = reason;
  }
}

function sourceError(reason: unknown, signal: AbortSignal): LayerError {
  if (reason instanceof VisitorFault) throw reason.reason;
  if (reason instanceof HttpBodyError) return reason.failure;
  if (signal.aborted) throw signal.reason;
  if (reason instanceof Overdue) return { kind: 'timeout', message: reason.message, retryable: true };
  const text = reason instanceof Error ? reason.message : String(reason);
  return layerError('unreachable', `its bytes cannot be read: ${text}`);
}
