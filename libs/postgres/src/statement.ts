import type pg from 'pg';
import { toFailure } from './failure.ts';

/** How much longer than the server's own timeout the client waits: only a connection that hangs gets there. */
const CLIENT_GRACE_MS = 5_000;

export interface Statement {
  readonly sql: string;
  readonly values?: readonly unknown[];
  /** 0: no limit. */
  readonly timeoutMs: number;
}

/** Runs `statement` unnamed, so that nothing of it stays on the connection. Rejects as {@link Queryable} says. */
export async function runStatement(target: pg.Pool | pg.ClientBase, statement: Statement): Promise<pg.QueryResult> {
  const { sql, values, timeoutMs } = statement;
  // The driver reads `query_timeout` from the statement too; its types know it only on the connection.
  const limit = timeoutMs > 0 ? { query_timeout: timeoutMs + CLIENT_GRACE_MS } : {};
  const parameters = values === undefined ? {} : { values: [...values] };
  try {
    return await target.query({ text: sql, ...parameters, ...limit });
  } catch (error) {
    throw toFailure(error);
  }
}
