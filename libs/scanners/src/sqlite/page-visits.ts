/** Which pages a walk has read: a sound database has none of them twice, so that a second visit is a loop or a lie. */
export class PageVisits {
  readonly #seen: Uint8Array;

  constructor(pageCount: number) {
    this.#seen = new Uint8Array(pageCount + 1);
  }

  /** `false` when the page was entered before, or is none. */
  enter(number: number): boolean {
    if (this.#seen[number] !== 0) return false;
    this.#seen[number] = 1;
    return true;
  }

  has(number: number): boolean {
    return this.#seen[number] === 1;
  }
}
