import { decodeText, encodeText } from './text-bytes.ts';

/** Names of elements and attributes by number. A document has some dozens. */
export class ElementNames {
  readonly #names: string[] = [];
  readonly #numberOfName = new Map<string, number>();

  numberOf(name: string): number {
    const known = this.#numberOfName.get(name);
    if (known !== undefined) return known;
    // A name cut out of the parser's buffer would keep the buffer alive.
    const own = decodeText(encodeText(name));
    this.#names.push(own);
    this.#numberOfName.set(own, this.#names.length - 1);
    return this.#names.length - 1;
  }

  nameOf(number: number): string {
    return this.#names[number] ?? '';
  }
}
