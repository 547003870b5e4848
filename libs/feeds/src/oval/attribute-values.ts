import type { TextStore } from './text-store.ts';

/** `oval:org.example:tst:` and `2009302033`: no leading zero, so that the number spells itself, and below 2^45. */
const ID = /^(oval:[^\s]*:)([1-9]\d{0,13})$/;
const NUMBER_MAX = 2 ** 45;
/** Beginnings of ids that are told apart; a document has four or five. */
const PREFIXES_MAX = 63;
/** Codes of texts are even, of ids odd. An id's code: number, six bits of prefix, 1. */
const PREFIX_STEP = 2;
const NUMBER_STEP = PREFIX_STEP * (PREFIXES_MAX + 1);
/** The words that come again and again are short, and among the first. */
const FREQUENT_CHARS_MAX = 60;
const FREQUENT_BYTES_MAX = 2 * 1024 * 1024;

/**
 * Values of attributes as one number each. Ids of the usual form are their own number and take nothing in the text store: a large document
 * has millions of them.
 */
export class AttributeValues {
  readonly #texts: TextStore;
  readonly #prefixes: string[] = [];

  constructor(texts: TextStore) {
    this.#texts = texts;
  }

  /** The code under which {@link get} gives the value; equal ids have equal codes. */
  put(value: string): number {
    return this.#codeOfId(value, true) ?? this.#texts.put(value) * 2;
  }

  /** The code of an id, of a text that was put before, and of a short one while there are not too many; else nothing is put. */
  putFrequent(value: string): number | undefined {
    const id = this.#codeOfId(value, true);
    if (id !== undefined || value.length > FREQUENT_CHARS_MAX) return id;
    if (this.#texts.length < FREQUENT_BYTES_MAX) return this.#texts.put(value) * 2;
    const text = this.#texts.find(value);
    return text === undefined ? undefined : text * 2;
  }

  /** The code of a value of up to 300 characters that was put before; of an id of the usual form perhaps also of one that was not. */
  find(value: string): number | undefined {
    const code = this.#codeOfId(value, false);
    if (code !== undefined) return code;
    const text = this.#texts.find(value);
    return text === undefined ? undefined : text * 2;
  }

  get(code: number): string {
    if (code % 2 === 0) return this.#texts.get(code / 2);
    const prefix = this.#prefixes[Math.floor(code / PREFIX_STEP) % (PREFIXES_MAX + 1)] ?? '';
    return `${prefix}${Math.floor(code / NUMBER_STEP)}`;
  }

  #codeOfId(value: string, isNew: boolean): number | undefined {
    const [, prefix, digits] = ID.exec(value) ?? [];
    if (prefix === undefined || Number(digits) >= NUMBER_MAX) return undefined;
    let number = this.#prefixes.indexOf(prefix);
    if (number < 0) {
      if (!isNew || this.#prefixes.length >= PREFIXES_MAX) return undefined;
      // A text cut out of the parser's buffer would keep the buffer alive.
      number = this.#prefixes.push(this.#texts.get(this.#texts.put(prefix))) - 1;
    }
    return Number(digits) * NUMBER_STEP + number * PREFIX_STEP + 1;
  }
}
