import { setImmediate as nextTurn } from 'node:timers/promises';

/** Shorter than anyone notices who waits for an answer of this process, and long beside what a turn costs. */
const TURN_MS = 10;

/** Work that computes without ever waiting gives its process's other work a turn in between. */
export class Turns {
  #startedMs = performance.now();

  /** To be awaited between pieces of the work, each of a few milliseconds. */
  async give(): Promise<void> {
    if (performance.now() - this.#startedMs < TURN_MS) return;
    await nextTurn();
    this.#startedMs = performance.now();
  }
}
