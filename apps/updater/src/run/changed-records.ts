import { hash } from 'node:crypto';
import { REMEMBERED_RECORDS_MAX, type RecordHashes } from './record-hashes.ts';
import type { SpoolWriter } from './spool.ts';

/** More ended keys than this are not for one message. */
const ENDED_KEYS_MAX = 50_000;
/** Of a sha256: that another content of one record has the same 64 bits is as good as impossible. */
const HASH_BYTES = 8;

/** What of a document is not as it was sent before. */
export interface ChangesOfDocument {
  /** Records in the spool of changes. */
  readonly advisories: number;
  readonly endedKeys: readonly string[];
}

/**
 * Compares the records of a document with those that were sent of it before, and writes the ones that are new or say something else
 * into a spool of their own, so that a feed of one large document also costs the matcher only what changed of it.
 */
export class ChangedRecords {
  readonly #before: RecordHashes | undefined;
  readonly #spool: SpoolWriter;
  readonly #now = new Map<string, string>();
  #changed = 0;
  /** A key came twice, or there are too many records: only the whole document says what is meant. */
  #isWholeOnly = false;

  constructor(before: RecordHashes | undefined, changesSpool: SpoolWriter) {
    this.#before = before;
    this.#spool = changesSpool;
  }

  /** The next record of the document, with its message as the spool has it. */
  async take(key: string, message: Uint8Array): Promise<void> {
    if (this.#isWholeOnly) return;
    if (this.#now.has(key) || this.#now.size >= REMEMBERED_RECORDS_MAX) {
      this.#isWholeOnly = true;
      this.#now.clear();
      return;
    }
    const said = hash('sha256', message, 'buffer').toString('base64url', 0, HASH_BYTES);
    // A key that was cut out of the document would keep its piece of the document alive.
    this.#now.set(Buffer.from(key).toString(), said);
    if (this.#before === undefined || this.#before.get(key) === said) return;
    this.#changed += 1;
    await this.#spool.writeEncoded(message);
  }

  /** To be remembered when the document was taken; `undefined` when it cannot be. */
  get hashes(): RecordHashes | undefined {
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
}
