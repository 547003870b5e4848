/// <reference path="./pg-copy-streams.d.ts" />
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { invariant } from '@clair/model';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { copyChunks } from './copy-text.ts';
import { CopyWatch } from './copy-watch.ts';
import type { CopyRow, Transaction } from './database.ts';
import { toFailure } from './failure.ts';
import { quoteIdentifier, quoteTable } from './identifier.ts';
import { runStatement } from './statement.ts';

const CURSOR_ROWS = 1_000;

/** The statements of one transaction, on the connection that {@link Database.transaction} took from the pool for it. */
export class PooledTransaction implements Transaction {
  readonly schema: string;
  readonly #client: pg.PoolClient;
  readonly #timeoutMs: number;
  readonly #copyIdleMs: number;
  #cursors = 0;
  #ended = false;

  constructor(client: pg.PoolClient, options: { schema: string; timeoutMs: number; copyIdleMs: number }) {
    this.#client = client;
    this.schema = options.schema;
    this.#timeoutMs = options.timeoutMs;
    this.#copyIdleMs = options.copyIdleMs;
  }

  /** After this, any use is a {@link Bug}: the connection belongs to somebody else. */
  end(): void {
    this.#ended = true;
  }

  async query<R>(sql: string, values?: readonly unknown[]): Promise<R[]> {
    const result = await this.#run(sql, values);
    return result.rows as R[]; // Safety: `R` is the caller's claim about its own SQL, as documented.
  }

  async execute(sql: string, values?: readonly unknown[]): Promise<number> {
    return (await this.#run(sql, values)).rowCount ?? 0;
  }

  async copyIn(
    table: string,
    columns: readonly string[],
    rows: Iterable<CopyRow> | AsyncIterable<CopyRow>,
  ): Promise<number> {
    this.#checkUsable();
    const list = columns.map(quoteIdentifier).join(', ');
    const copy = copyFrom(`copy ${quoteTable(table)} (${list}) from stdin`);
    const watch = new CopyWatch(this.#client, this.#copyIdleMs);
    try {
      const chunks = Readable.from(watch.passed(copyChunks(rows)), { objectMode: true, highWaterMark: 1 });
      await pipeline(chunks, this.#client.query(copy));
    } catch (error) {
      throw toFailure(error);
    } finally {
      watch.end();
    }
    return copy.rowCount;
  }

  async *cursor<R>(sql: string, values: readonly unknown[] = [], batchRows = CURSOR_ROWS): AsyncGenerator<R> {
    invariant(Number.isSafeInteger(batchRows) && batchRows > 0, 'batchRows is a positive integer');
    this.#cursors += 1;
    const name = `c${this.#cursors}`;
    await this.execute(`declare ${name} no scroll cursor without hold for ${sql}`, values);
    let complete = false;
    try {
      while (!complete) {
        const batch = await this.query<R>(`fetch forward ${batchRows} from ${name}`);
        yield* batch;
        complete = batch.length < batchRows;
      }
    } finally {
      // A reader that stops early leaves rows behind; after a failed statement the rollback closes the cursor.
      if (!this.#ended) await this.execute(`close ${name}`).catch(() => undefined);
    }
  }

  #run(sql: string, values?: readonly unknown[]): Promise<pg.QueryResult> {
    this.#checkUsable();
    return runStatement(this.#client, { sql, timeoutMs: this.#timeoutMs, ...(values === undefined ? {} : { values }) });
  }

  #checkUsable(): void {
    invariant(!this.#ended, 'a transaction is used after it ended');
  }
}
