import { Unavailable } from '@clair/model';
import type pg from 'pg';

/**
 * Closes the connection of a COPY that stands still: when the server has not taken what was given to it for `idleMs`, or, after
 * the last of it, has not answered for as long. Then the COPY fails as `Unavailable`. Waiting for rows does not count.
 */
export class CopyWatch {
  readonly #client: pg.ClientBase;
  readonly #idleMs: number;
  #timer: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(client: pg.ClientBase, idleMs: number) {
    this.#client = client;
    this.#idleMs = idleMs;
  }

  /** The chunks, which are asked for one by one as the connection takes them: so the next is the sign that those before went. */
  async *passed(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    try {
      for await (const chunk of chunks) {
        this.#start();
        yield chunk;
        clearTimeout(this.#timer);
      }
    } finally {
      // Also when the rows broke off: the server has to confirm that too.
      this.#start();
    }
  }

  /** The COPY has an outcome. The chunks may be closed after that. */
  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
  }

  #start(): void {
    clearTimeout(this.#timer);
    if (!this.#ended) this.#timer = setTimeout(() => this.#close(), this.#idleMs);
  }

  #close(): void {
    const reason = `PostgreSQL is unavailable: it took nothing of a COPY for ${this.#idleMs / 1_000} s`;
    // Safety: what a pool of this driver gives out are its clients, which have a connection; only the type of the pool's omits it.
    const { connection } = this.#client as pg.Client;
    connection.stream.destroy(new Unavailable(reason));
  }
}
