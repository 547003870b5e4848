import { hash } from 'node:crypto';
import type { RecordFilter } from '@clair/feeds';
import { HASH_CHARACTERS, REMEMBERED_RECORDS_MAX, type RecordHashes } from './record-hashes.ts';
import type { SpoolWriter } from './spool.ts';

/** More ended keys than this are not for one message. */
const ENDED_KEYS_MAX = 50_000;
/** A record with its context is below that, or the buffer grows. */
const HASHED_BYTES = 64 * 1024;

/** What of a document is not as it was sent before. */
export interface ChangesOfDocument {
  /** Records in the spool of changes. */
  readonly advisories: number;
  readonly endedKeys: readonly string[];
}

/** A record that the feed cut out of the document and is parsing. */
interface OpenRecord {
  readonly bytesHash: string;
  /** Of the first advisory that came of it. */
  key: string | undefined;
  /** One advisory came of it, and nothing else: its bytes stand for it. */
  isPlain: boolean;
}

/**
 * Compares the records of a document with those that were sent of it before, and writes the ones that are new or say something else
 * into a spool of their own, so that a feed of one large document also costs the matcher only what changed of it.
 *
 * What is remembered of a record is the hash of its bytes, where the feed cuts it out of the document and it becomes one advisory and
 * nothing else; of any other, the hash of its message. The first kind need not be parsed when it comes again.
 */
export class ChangedRecords implements RecordFilter {
  readonly #before: RecordHashes | undefined;
  readonly #spool: SpoolWriter;
  /** Key by hash: records that are left out when they come again. */
  readonly #omittable: ReadonlyMap<string, string>;
  readonly #now = new Map<string, string>();
  #hashed = Buffer.allocUnsafe(HASHED_BYTES);
  #open: OpenRecord | undefined;
  #changed = 0;
  #omitted = 0;
  /** A key came twice, or there are too many records: only the whole document says what is meant. */
  #isWholeOnly = false;

  constructor(before: RecordHashes | undefined, changesSpool: SpoolWriter, { omits }: { readonly omits: boolean }) {
    this.#before = before;
    this.#spool = changesSpool;
    this.#omittable = new Map(omits && before !== undefined ? Array.from(before, ([key, said]) => [said, key]) : []);
  }

  wants(parts: readonly Uint8Array[], context: string): boolean {
    this.#closeRecord();
    if (this.#isWholeOnly) return true;
    const bytesHash = this.#hashOfBytes(parts, context);
    const key = this.#omittable.get(bytesHash);
    if (key === undefined) {
      this.#open = { bytesHash, key: undefined, isPlain: true };
      return true;
    }
    if (!this.#remember(key, bytesHash)) return true;
    this.#omitted += 1;
    return false;
  }

  keep(): void {
    if (this.#open !== undefined) this.#open.isPlain = false;
  }

  get omitted(): number {
    return this.#omitted;
  }

  /** The next record of the document that was parsed, with its message as the spool has it. */
  async take(recordKey: string, message: Uint8Array): Promise<void> {
    if (this.#isWholeOnly) return;
    const said = hashOf(message);
    // A key that was cut out of the document would keep its piece of the document alive.
    const key = Buffer.from(recordKey).toString();
    if (!this.#remember(key, said)) return;
    const open = this.#open;
    if (open !== undefined) {
      open.isPlain &&= open.key === undefined;
      open.key ??= key;
    }
    if (this.#before === undefined) return;
    const before = this.#before.get(key);
    if (before === said || (before !== undefined && before === open?.bytesHash)) return;
    this.#changed += 1;
    await this.#spool.writeEncoded(message);
  }

  /** What was left out will have to be read after all: the rest need not be read. */
  get isInVain(): boolean {
    return this.#omitted > 0 && (this.#isWholeOnly || this.#changed > (this.#before?.size ?? 0) / 2);
  }

  /** To be remembered when the document was taken; `undefined` when it cannot be. */
  get hashes(): RecordHashes | undefined {
    this.#closeRecord();
    return this.#isWholeOnly ? undefined : this.#now;
  }

  /** `undefined`: the whole document is to be sent, because nothing is known of the last one or because most of it changed. */
  get changes(): ChangesOfDocument | undefined {
    if (this.#isWholeOnly || this.#before === undefined) return undefined;
    const endedKeys = [...this.#before.keys()].filter((key) => !this.#now.has(key));
    if (endedKeys.length > ENDED_KEYS_MAX) return undefined;
    if (this.#changed + endedKeys.length > this.#now.size / 2) return undefined;
    return { advisories: this.#changed, endedKeys };
  }

  /** False when nothing can be remembered of the document. */
  #remember(key: string, said: string): boolean {
    if (this.#now.has(key) || this.#now.size >= REMEMBERED_RECORDS_MAX) {
      this.#isWholeOnly = true;
      this.#now.clear();
      return false;
    }
    this.#now.set(key, said);
    return true;
  }

  /** Of one buffer for all, as most records are small: 24,000 of 240 bytes take 40 ms instead of 70. */
  #hashOfBytes(parts: readonly Uint8Array[], context: string): string {
    const size = parts.reduce((sum, part) => sum + part.length, 3 * context.length + 1);
    if (size > this.#hashed.length) this.#hashed = Buffer.allocUnsafe(size);
    let end = this.#hashed.write(`${context}\0`);
    for (const part of parts) {
      this.#hashed.set(part, end);
      end += part.length;
    }
    return hashOf(this.#hashed.subarray(0, end));
  }

  #closeRecord(): void {
    const open = this.#open;
    this.#open = undefined;
    if (open?.isPlain !== true || open.key === undefined || this.#isWholeOnly) return;
    this.#now.set(open.key, open.bytesHash);
  }
}

function hashOf(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'base64url').slice(0, HASH_CHARACTERS);
}
