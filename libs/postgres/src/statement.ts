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
  const parameters = values === undefined ? {} : { values: [...values] };
  return ask(target, { text: sql, ...parameters }, timeoutMs > 0 ? timeoutMs + CLIENT_GRACE_MS : 0);
}

/**
 * Runs `sql`, for which the server has no timeout, and waits `waitMs` for the answer. Rejects with `Unavailable` when none came: what
 * the server makes of it is unknown then, and the connection must not be used any more.
 */
export function runControl(client: pg.ClientBase, sql: string, waitMs: number): Promise<pg.QueryResult> {
  return ask(client, { text: sql }, waitMs);
}

async function ask(target: pg.Pool | pg.ClientBase, query: pg.QueryConfig, waitMs: number): Promise<pg.QueryResult> {
  // The driver reads `query_timeout` from the statement too; its types know it only on the connection.
  const limit = waitMs > 0 ? { query_timeout: waitMs } : {};
  try {
    return await target.query({ ...query, ...limit });
  } catch (error) {
    throw toFailure(error);
  }
}
