import type { EventBus } from './bus.ts';

/** An event that a subscriber gave up: poison, malformed, or tried too often. The other subscribers are not concerned. */
export interface DeadLetter {
  readonly subscriber: string;
  /** The subject that the event came on. */
  readonly subject: string;
  readonly reason: string;
  /** How often the subscriber had it. */
  readonly deliveries: number;
  /** The event as it came, byte for byte; it may be no event at all. */
  readonly body: Uint8Array;
}

export interface DeadLetterFilter {
  /** Only those of this subscriber. */
  readonly subscriber?: string;
  /** At most so many, oldest first. */
  readonly lettersMax: number;
}

/** A bus that keeps what its subscribers gave up. */
export interface DeadLetterBus extends EventBus {
  /** Oldest first. */
  listDeadLetters(filter: DeadLetterFilter): Promise<readonly DeadLetter[]>;
  /**
   * Hands dead letters back to the subscriber that gave them up, and to no other, with a fresh count of deliveries;
   * resolves with how many. A letter is gone from the list once it is handed back, and comes again as a new one if it is
   * given up again. A crash in the middle may hand one back twice.
   */
  replayDeadLetters(filter: DeadLetterFilter): Promise<number>;
}
