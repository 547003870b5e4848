import { err, ok, type Result } from '@clair/model';
import { MalformedDocument } from './feed.ts';
import { decodeUtf8 } from './utf-8.ts';

export interface JsonItemOptions {
  /** The member of the document's object whose list is read. */
  readonly key: string;
  /** Bytes of one item's text; a larger one is not kept and becomes an error. */
  readonly itemBytesMax: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING: ReadonlySet<number> = new Set([0x7b, 0x5b]);
const CLOSING: ReadonlySet<number> = new Set([0x7d, 0x5d]);
/** What comes before the list: a few fields. */
const HEAD_BYTES_MAX = 64 * 1024;

/**
 * The objects of a list that is a member of the document's object (`{"…": …, "key": [{…}, {…}]}`), each parsed on its own, so that the
 * document is never in memory. Throws {@link MalformedDocument} when there is no such list, and when the document is cut short.
 * Brackets are counted, not paired: whether an item's own text is JSON is found out when it is parsed.
 */
export async function* jsonItems(
  document: AsyncIterable<Uint8Array>,
  options: JsonItemOptions,
): AsyncGenerator<Result<unknown, string>> {
  const splitter = new JsonItemSplitter(options);
  for await (const bytes of document) yield* splitter.push(bytes);
  splitter.end();
}

class JsonItemSplitter {
  readonly #options: JsonItemOptions;
  #head = '';
  #depth = 0;
  #isInList = false;
  #isDone = false;
  #isInString = false;
  #isEscaped = false;
  #kept: Uint8Array[] = [];
  #itemBytes = 0;
  #bytes = 0;

  constructor(options: JsonItemOptions) {
    this.#options = options;
  }

  push(bytes: Uint8Array): readonly Result<unknown, string>[] {
    this.#bytes += bytes.length;
    const items: Result<unknown, string>[] = [];
    let at = this.#isInList || this.#isDone ? 0 : this.#findList(bytes);
    let from = at;
    for (; at < bytes.length && this.#isInList; at++) {
      const byte = bytes[at] ?? 0;
      if (this.#isInString) this.#readString(byte);
      else if (byte === QUOTE) this.#isInString = true;
      else if (OPENING.has(byte)) {
        if (this.#depth === 0) from = at;
        this.#depth += 1;
      } else if (CLOSING.has(byte)) {
        this.#depth -= 1;
        if (this.#depth < 0) this.#isInList = false;
        if (this.#depth === 0) {
          this.#keep(bytes.subarray(from, at + 1));
          items.push(this.#take());
        }
      }
    }
    if (this.#isInList && this.#depth > 0) this.#keep(bytes.subarray(Math.min(from, bytes.length)));
    if (this.#depth < 0) this.#isDone = true;
    return items;
  }

  end(): void {
    if (this.#isDone) return;
    if (!this.#isInList)
      throw new MalformedDocument(`the document is no JSON object with a list "${this.#options.key}"`);
    throw new MalformedDocument(`the document is cut short after ${this.#bytes} bytes in /${this.#options.key}`);
  }

  /** Where in the piece the list begins; its end while that has not come. */
  #findList(bytes: Uint8Array): number {
    const before = this.#head.length;
    // The fields before the list are ASCII; one character a byte keeps the offsets.
    for (const byte of bytes.subarray(0, HEAD_BYTES_MAX - before)) this.#head += String.fromCharCode(byte);
    const match = new RegExp(`^(?:\\xef\\xbb\\xbf)?\\s*\\{(?:[^\\[{]*,)?\\s*"${this.#options.key}"\\s*:\\s*\\[`).exec(
      this.#head,
    );
    if (match !== null) {
      this.#isInList = true;
      return match[0].length - before;
    }
    if (!/^(?:\xef(?:\xbb(?:\xbf|$)|$))?\s*(?:\{|$)/.test(this.#head) || this.#head.length >= HEAD_BYTES_MAX)
      throw new MalformedDocument(`the document is no JSON object with a list "${this.#options.key}"`);
    return bytes.length;
  }

  #readString(byte: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (byte === BACKSLASH) this.#isEscaped = true;
    else if (byte === QUOTE) this.#isInString = false;
  }

  #keep(part: Uint8Array): void {
    this.#itemBytes += part.length;
    // Copied: the caller may use its buffer again.
    if (this.#itemBytes <= this.#options.itemBytesMax) this.#kept.push(new Uint8Array(part));
    else this.#kept = [];
  }

  #take(): Result<unknown, string> {
    const text = this.#itemBytes > this.#options.itemBytesMax ? undefined : decodeUtf8(this.#kept);
    const bytes = this.#itemBytes;
    this.#kept = [];
    this.#itemBytes = 0;
    if (text === undefined)
      return err(
        bytes > this.#options.itemBytesMax
          ? `it is larger than ${this.#options.itemBytesMax} bytes`
          : 'it is not UTF-8',
      );
    try {
      return ok(JSON.parse(text));
    } catch {
      return err('it is not JSON');
    }
  }
}
