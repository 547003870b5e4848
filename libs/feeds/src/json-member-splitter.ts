import { err, ok, type Result } from '@clair/model';
import { MalformedDocument } from './feed.ts';
import { decodeUtf8 } from './utf-8.ts';

/** One member of a JSON document, cut out. */
export interface CutMember {
  /** The keys that lead to it, outermost first: one for each level of depth. */
  readonly path: readonly string[];
  /** The text of its value, in parts that are good until the next `push`; or why it could not be had, which costs this member and not the document. */
  readonly text: Result<readonly Uint8Array[], string>;
}

export interface JsonMemberOptions {
  /** How many objects deep the members lie; 1 is the members of the document's own object. Other values above that depth are members there. */
  readonly depth: number;
  /** Bytes of one member's text; a larger one is not kept and becomes an error. */
  readonly memberBytesMax: number;
  /** Bytes of one key's text, quotes and escapes included; a longer one means that this is no such document. */
  readonly keyBytesMax?: number;
  /** Brackets inside one another within a member; a deeper member becomes an error. */
  readonly nestingMax?: number;
}

const KEY_BYTES_MAX = 10_000;
const NESTING_MAX = 100;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN = 0x7b;
const CLOSE = 0x7d;
/** `[` and `]` differ from `{` and `}` in this bit only. */
const BRACKET_BIT = 0x20;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** What the next byte that is not white space may be. */
type Expecting =
  | 'document'
  | 'key-or-close'
  | 'key'
  | 'colon'
  | 'value'
  | 'comma-or-close'
  | 'end'
  /** Inside a key's or a member's text. */
  | 'text';

type TextKind = 'key' | 'bracketed' | 'string' | 'bare';

/**
 * Cuts the members out of a JSON object that arrives in pieces, so that the document is never in memory.
 * The document may hold a thousand times what a member may. `push` gives the members that the piece completes, in document order.
 * Both methods throw {@link MalformedDocument} when it is no JSON object, and `end` when it is cut short.
 *
 * Brackets are counted, not paired: whether a member's own text is JSON is found out when it is parsed.
 */
export class JsonMemberSplitter {
  readonly #depth: number;
  readonly #memberBytesMax: number;
  readonly #keyBytesMax: number;
  readonly #nestingMax: number;

  #expecting: Expecting = 'document';
  /** Keys of the objects that are open, and then of the member that is being read. */
  readonly #keys: string[] = [];
  #openObjects = 0;
  #documentBytes = 0;

  #text: TextKind = 'bare';
  #nesting = 0;
  #inString = false;
  #escaped = false;
  #tooDeep = false;
  #kept: Uint8Array[] = [];
  #textBytes = 0;

  constructor(options: JsonMemberOptions) {
    this.#depth = options.depth;
    this.#memberBytesMax = options.memberBytesMax;
    this.#keyBytesMax = options.keyBytesMax ?? KEY_BYTES_MAX;
    this.#nestingMax = options.nestingMax ?? NESTING_MAX;
  }

  push(bytes: Uint8Array): CutMember[] {
    const members: CutMember[] = [];
    let at = 0;
    while (at < bytes.length) {
      at = this.#expecting === 'text' ? this.#readText(bytes, at, members) : this.#readStructure(bytes, at);
    }
    this.#documentBytes += bytes.length;
    return members;
  }

  end(): void {
    if (this.#expecting === 'document') throw new MalformedDocument('the document is empty');
    if (this.#expecting === 'end') return;
    const where = this.#keys.length === 0 ? '' : ` in /${this.#keys.join('/')}`;
    throw new MalformedDocument(`the document is cut short after ${this.#documentBytes} bytes${where}`);
  }

  /** Takes one byte between the texts, and returns where to go on. */
  #readStructure(bytes: Uint8Array, at: number): number {
    const byte = bytes[at] ?? 0;
    if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) return at + 1;
    if (this.#expecting === 'value') return this.#startValue(byte, at);
    const next = this.#afterMark(byte, this.#documentBytes + at);
    if (next === undefined) throw this.#unexpected(byte, at);
    if (next === 'text') this.#startText('key');
    this.#expecting = next;
    return at + 1;
  }

  #afterMark(byte: number, position: number): Expecting | undefined {
    switch (this.#expecting) {
      case 'document':
        if (byte === OPEN) return this.#openObject();
        return position < 3 && byte === BYTE_ORDER_MARK[position] ? 'document' : undefined;
      case 'key-or-close':
        return byte === CLOSE ? this.#closeObject() : byte === QUOTE ? 'text' : undefined;
      case 'key':
        return byte === QUOTE ? 'text' : undefined;
      case 'colon':
        return byte === COLON ? 'value' : undefined;
      case 'comma-or-close':
        return byte === CLOSE ? this.#closeObject() : byte === COMMA ? 'key' : undefined;
      default:
        return undefined;
    }
  }

  #openObject(): Expecting {
    this.#openObjects++;
    return 'key-or-close';
  }

  #closeObject(): Expecting {
    this.#keys.length = Math.max(--this.#openObjects - 1, 0);
    return this.#openObjects === 0 ? 'end' : 'comma-or-close';
  }

  #startValue(byte: number, at: number): number {
    if (byte === OPEN && this.#openObjects < this.#depth) {
      this.#expecting = this.#openObject();
      return at + 1;
    }
    if (byte === COMMA || byte === CLOSE || byte === COLON) throw this.#unexpected(byte, at);
    const bracketed = (byte | BRACKET_BIT) === OPEN;
    this.#startText(bracketed ? 'bracketed' : byte === QUOTE ? 'string' : 'bare');
    this.#expecting = 'text';
    return at;
  }

  #startText(kind: TextKind): void {
    this.#text = kind;
    this.#nesting = 0;
    this.#inString = kind === 'key';
    this.#escaped = false;
    this.#tooDeep = false;
    this.#kept = [];
    this.#textBytes = 0;
  }

  #readText(bytes: Uint8Array, from: number, members: CutMember[]): number {
    const to = this.#scan(bytes, from);
    const isComplete = to >= 0;
    const end = isComplete ? to : bytes.length;
    this.#textBytes += end - from;
    const bytesMax = this.#text === 'key' ? this.#keyBytesMax : this.#memberBytesMax;
    if (this.#textBytes <= bytesMax) this.#keep(bytes, { from, to: end, isComplete });
    else this.#kept = [];
    if (this.#text === 'key' && this.#textBytes > bytesMax) {
      throw new MalformedDocument(`a key is longer than ${bytesMax} bytes, at byte ${this.#documentBytes + from}`);
    }
    if (isComplete) this.#finishText(members);
    return end;
  }

  /** What is kept beyond this call is copied: the caller may use its buffer again. (`slice` would not copy one of Node's buffers.) */
  #keep(bytes: Uint8Array, part: { readonly from: number; readonly to: number; readonly isComplete: boolean }): void {
    const kept = bytes.subarray(part.from, part.to);
    this.#kept.push(part.isComplete ? kept : new Uint8Array(kept));
  }

  #finishText(members: CutMember[]): void {
    if (this.#text === 'key') {
      const key = parseJson(this.#kept, '"');
      if (!key.ok || typeof key.value !== 'string')
        throw new MalformedDocument(`a key is no JSON string, near byte ${this.#documentBytes}`);
      this.#keys[this.#openObjects - 1] = key.value;
      this.#expecting = 'colon';
    } else {
      members.push({ path: [...this.#keys], text: this.#finishedValue() });
      this.#keys.length = this.#openObjects - 1;
      this.#expecting = 'comma-or-close';
    }
    this.#kept = [];
  }

  #finishedValue(): Result<readonly Uint8Array[], string> {
    if (this.#textBytes > this.#memberBytesMax) return err(`the value is larger than ${this.#memberBytesMax} bytes`);
    if (this.#tooDeep) return err(`the value is nested deeper than ${this.#nestingMax}`);
    return ok(this.#kept);
  }

  /** The index after the text's last byte, or -1 when it does not end in these bytes. */
  #scan(bytes: Uint8Array, from: number): number {
    const length = bytes.length;
    let nesting = this.#nesting;
    let inString = this.#inString;
    let escaped = this.#escaped;
    let end = -1;
    let i = from;
    while (i < length) {
      if (inString) {
        if (escaped) {
          escaped = false;
          i++;
          continue;
        }
        // Most bytes of a document: a loop of their own takes a third of the time.
        while (i < length && bytes[i] !== QUOTE && bytes[i] !== BACKSLASH) i++;
        if (i === length) break;
        if (bytes[i++] === BACKSLASH) escaped = true;
        else {
          inString = false;
          if (nesting === 0) {
            end = i;
            break;
          }
        }
        continue;
      }
      const byte = bytes[i] ?? 0;
      if (byte === QUOTE) inString = true;
      else if ((byte | BRACKET_BIT) === OPEN) {
        if (++nesting > this.#nestingMax) this.#tooDeep = true;
      } else if ((byte | BRACKET_BIT) === CLOSE) {
        if (nesting === 0) {
          end = i;
          break;
        }
        if (--nesting === 0) {
          end = i + 1;
          break;
        }
      } else if (nesting === 0 && (byte === COMMA || byte <= 0x20)) {
        end = i;
        break;
      }
      i++;
    }
    this.#nesting = nesting;
    this.#inString = inString;
    this.#escaped = escaped;
    return end;
  }

  #unexpected(byte: number, at: number): MalformedDocument {
    const position = this.#documentBytes + at;
    const shown = byte > 0x20 && byte < 0x7f ? `"${String.fromCharCode(byte)}"` : `byte 0x${byte.toString(16)}`;
    if (this.#expecting === 'document')
      return new MalformedDocument(`the document starts with ${shown}, not with a JSON object`);
    if (this.#expecting === 'end')
      return new MalformedDocument(`there is ${shown} after the end of the document, at byte ${position}`);
    return new MalformedDocument(`${shown} is not expected at byte ${position}`);
  }
}

/** The value of a text, which stands behind `prefix`. The error is a sentence. */
export function parseJson(parts: readonly Uint8Array[], prefix = ''): Result<unknown, string> {
  const text = decodeUtf8(parts);
  if (text === undefined) return err('the value is not UTF-8');
  try {
    return ok(JSON.parse(prefix + text));
  } catch (error) {
    return err(`the value is not JSON: ${error instanceof Error ? error.message : 'it does not parse'}`);
  }
}
