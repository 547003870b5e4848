const PROBLEMS_MAX = 50;

/** The problems of one file: the first 50 in words, the rest as a number, so that a hostile file cannot fill a report. */
export class ProblemList {
  readonly #reasons: string[] = [];
  #unlisted = 0;

  add(reason: string): void {
    if (this.#reasons.length < PROBLEMS_MAX) this.#reasons.push(reason);
    else this.#unlisted += 1;
  }

  reasons(): readonly string[] {
    if (this.#unlisted === 0) return [...this.#reasons];
    return [...this.#reasons, `and ${this.#unlisted} more problems of this file`];
  }
}
