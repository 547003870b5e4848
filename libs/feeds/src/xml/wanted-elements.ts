import type { RecordFilter } from '../record-filter.ts';

/** A record that is larger is not asked about: its bytes are looked through again with every piece that arrives. */
const ELEMENT_BYTES_MAX = 1_000_000;
const LESS_THAN = 0x3c;
const GREATER_THAN = 0x3e;
const SLASH = 0x2f;
const EXCLAMATION = 0x21;
const QUESTION = 0x3f;
const SPACE_MAX = 0x20;

/**
 * An XML document without the elements of that name that the filter does not want; each that it wants is a piece of its own. The name has
 * no prefix and is ASCII, and such an element holds none of its own kind: it goes from its start tag to the first end tag of the name.
 *
 * That is only so where every `<name` is a tag. From the first `<!` on (a comment, CDATA, a document type), and from a processing
 * instruction behind the first byte, nothing is cut any more: the rest comes as it is, and is all wanted.
 */
export async function* wantedElements(
  document: AsyncIterable<Uint8Array>,
  name: string,
  filter: RecordFilter,
): AsyncGenerator<Uint8Array> {
  const tag = new TagName(name);
  let rest: Uint8Array = new Uint8Array(0);
  let documentBytes = 0;
  let isCut = true;
  for await (const arrived of document) {
    const bytes = joined(rest, arrived);
    let from = 0;
    while (isCut) {
      const found = findElement(bytes, { from, tag, isStart: documentBytes + from === 0 });
      if (found.kind === 'uncut') {
        filter.keep();
        isCut = false;
        break;
      }
      if (found.start > from) yield bytes.subarray(from, found.start);
      from = found.start;
      if (found.kind === 'more') break;
      const element = bytes.subarray(found.start, found.end);
      if (filter.wants([element], '')) yield element;
      from = found.end;
    }
    documentBytes += from;
    rest = bytes.slice(from);
    if (isCut && rest.length <= ELEMENT_BYTES_MAX) continue;
    if (isCut) filter.keep();
    isCut = false;
    yield rest;
    documentBytes += rest.length;
    rest = new Uint8Array(0);
  }
  if (rest.length > 0) yield rest;
}

type Found =
  | { readonly kind: 'element'; readonly start: number; readonly end: number }
  /** What goes from there to the end of the bytes is decided when more of them are here. */
  | { readonly kind: 'more'; readonly start: number }
  | { readonly kind: 'uncut' };

interface Search {
  readonly from: number;
  readonly tag: TagName;
  /** Whether `from` is where the document begins. */
  readonly isStart: boolean;
}

function findElement(bytes: Uint8Array, { from, tag, isStart }: Search): Found {
  let start = -1;
  for (let at = from; at < bytes.length; at++) {
    if (bytes[at] !== LESS_THAN) continue;
    // A tag that may go on in the next piece.
    if (at + tag.lengthMax > bytes.length) return { kind: 'more', start: start < 0 ? at : start };
    const next = bytes[at + 1] ?? 0;
    if (next === EXCLAMATION || (next === QUESTION && !(isStart && at === from))) return { kind: 'uncut' };
    if (start < 0 && tag.startsAt(bytes, at)) start = at;
    else if (start >= 0 && next === SLASH && tag.endsAt(bytes, at)) {
      return { kind: 'element', start, end: at + tag.lengthMax };
    }
  }
  return { kind: 'more', start: start < 0 ? bytes.length : start };
}

class TagName {
  readonly #codes: readonly number[];
  /** Bytes of `</name>`. */
  readonly lengthMax: number;

  constructor(name: string) {
    this.#codes = Array.from(name, (character) => character.charCodeAt(0));
    this.lengthMax = name.length + 3;
  }

  startsAt(bytes: Uint8Array, at: number): boolean {
    if (!this.#isAt(bytes, at + 1)) return false;
    const after = bytes[at + 1 + this.#codes.length] ?? 0;
    return after <= SPACE_MAX || after === GREATER_THAN || after === SLASH;
  }

  endsAt(bytes: Uint8Array, at: number): boolean {
    return this.#isAt(bytes, at + 2) && bytes[at + 2 + this.#codes.length] === GREATER_THAN;
  }

  #isAt(bytes: Uint8Array, at: number): boolean {
    for (let index = 0; index < this.#codes.length; index++) {
      if (bytes[at + index] !== this.#codes[index]) return false;
    }
    return true;
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
