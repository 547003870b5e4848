import { MESSAGE_BYTES_MAX } from './matched-message.ts';

/** What an attempt takes beside its body: a socket, and the buffers of TLS. */
export const CONNECTION_BYTES = 32 * 1024;
/** What an attempt is taken for until its body is known. */
export const ATTEMPT_BYTES_MAX = CONNECTION_BYTES + MESSAGE_BYTES_MAX;
/** Attempts that read their bodies at once: they wait for the database's few connections, which others want too. */
export const READING_MAX = 64;

/** An attempt's place among those in hand. */
export interface Stay {
  /** Its body is read, and has that many bytes. */
  weigh(bodyBytes: number): void;
  leave(): void;
}

/**
 * Bounds the attempts in hand by what they hold, not by their number: one that waits for an answer costs its body and a socket, and
 * most bodies are small. A number that is safe for the largest bodies is passed by receivers that hang long before memory is.
 */
export class Room {
  readonly #bytesMax: number;
  #takenBytes = 0;
  #reading = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** How many attempts may begin now, however large they are. */
  get free(): number {
    // In batches: finding what is due costs the same for one as for many.
    if (this.#reading > READING_MAX / 4) return 0;
    const fitting = Math.floor((this.#bytesMax - this.#takenBytes) / ATTEMPT_BYTES_MAX);
    return Math.max(0, Math.min(fitting, READING_MAX - this.#reading));
  }

  enter(): Stay {
    let takes = ATTEMPT_BYTES_MAX;
    let isReading = true;
    let isLeft = false;
    this.#takenBytes += takes;
    this.#reading += 1;
    const take = (bytes: number) => {
      if (isLeft) return;
      this.#takenBytes += bytes - takes;
      takes = bytes;
      if (isReading) this.#reading -= 1;
      isReading = false;
    };
    return {
      weigh: (bodyBytes) => take(CONNECTION_BYTES + bodyBytes),
      leave: () => {
        take(0);
        isLeft = true;
      },
    };
  }
}
