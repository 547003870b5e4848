import { Bug, Unavailable } from '@clair/model';
import pg from 'pg';
import { parseConnstring } from './connstring.ts';
import type { Database, Transaction, TransactionOptions } from './database.ts';
import { toFailure } from './failure.ts';
import { checkSchemaName } from './identifier.ts';
import { type Log, silentLog } from './log.ts';
import { PooledTransaction } from './pooled-transaction.ts';
import { runControl, runStatement } from './statement.ts';
import { valueParsers } from './value-parsers.ts';

const CONNECT_TIMEOUT_MS = 10_000;
const IDLE_CONNECTION_MS = 30_000;
const IDLE_IN_TRANSACTION_MS = 300_000;
const STATEMENT_TIMEOUT_MS = 120_000;
const PING_TIMEOUT_MS = 1_000;
/**
 * For `begin` and `commit`. PgBouncer lets a transaction wait so long for a connection (`query_wait_timeout`), and no flush of
 * a disk takes it; TCP would wait some 15 min for a network that has gone silent.
 */
const CONTROL_TIMEOUT_MS = 120_000;
/**
 * That long a COPY may stand still: a lock, or a checkpoint on a slow disk, is shorter or runs into the timeout of the statement.
 * It is no time for the whole, which may take as long as it has rows.
 */
const COPY_IDLE_MS = 300_000;
/** Beside the client's grace: a connection that hangs is not worth more. */
const ROLLBACK_TIMEOUT_MS = 1_000;
const POOL_MAX = 10;

export interface DatabaseOptions {
  /** `postgres://…`, or libpq's `key=value` form as Clair's config has it. */
  readonly connstring: string;
  /** Lower-case letters, digits and `_`. Needs not exist before {@link migrate}. */
  readonly schema: string;
  readonly applicationName: string;
  /** Connections at most; default 10. `pool_max_conns` in the connstring, as Clair's users write it, wins. */
  readonly poolMax?: number;
  /** Longest time for one statement; default 120,000. */
  readonly statementTimeoutMs?: number;
  readonly log?: Log;
}

/** How long is waited for a server that says nothing. */
export interface Patience {
  readonly controlMs: number;
  readonly copyIdleMs: number;
}

/**
 * A pool that connects when first used. Keeps to what PgBouncer allows in transaction mode: no start-up parameters but the
 * application name, no named statements, no settings that outlive a transaction.
 */
export function openDatabase(options: DatabaseOptions): Database {
  return new PooledDatabase(options);
}

/** The one implementation of {@link Database}. */
export class PooledDatabase implements Database {
  readonly schema: string;
  readonly #pool: pg.Pool;
  readonly #connection: pg.ClientConfig;
  readonly #statementTimeoutMs: number;
  readonly #patience: Patience;
  #closed: Promise<void> | undefined;

  constructor(
    options: DatabaseOptions,
    patience: Patience = { controlMs: CONTROL_TIMEOUT_MS, copyIdleMs: COPY_IDLE_MS },
  ) {
    const log = options.log ?? silentLog;
    this.#patience = patience;
    this.schema = checkSchemaName(options.schema);
    this.#statementTimeoutMs = options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS;
    const { url, poolMax } = parseConnstring(options.connstring);
    this.#connection = {
      connectionString: url,
      application_name: options.applicationName,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      types: valueParsers,
    };
    this.#pool = new pg.Pool({
      ...this.#connection,
      max: poolMax ?? options.poolMax ?? POOL_MAX,
      idleTimeoutMillis: IDLE_CONNECTION_MS,
    });
    // Without a listener the loss of a connection, idle or in use, would end the process; whoever uses it gets the error as well.
    this.#pool.on('connect', (client) => client.on('error', () => undefined));
    this.#pool.on('error', (error) => {
      // A pool that is being closed loses its connections on purpose, also to a server that stops right after it. The error carries
      // the connection with all that it knows, its secret key for cancelling too: only its words are for the log.
      if (this.#closed === undefined)
        log.warn({ reason: error.message, schema: this.schema }, 'database connection lost');
    });
  }

  async query<R>(sql: string, values?: readonly unknown[]): Promise<R[]> {
    const result = await this.#run(sql, values);
    return result.rows as R[]; // Safety: `R` is the caller's claim about its own SQL, as documented.
  }

  async execute(sql: string, values?: readonly unknown[]): Promise<number> {
    return (await this.#run(sql, values)).rowCount ?? 0;
  }

  async transaction<T>(work: (tx: Transaction) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    const timeoutMs = options.statementTimeoutMs ?? this.#statementTimeoutMs;
    const client = await this.#connect();
    const { controlMs, copyIdleMs } = this.#patience;
    const tx = new PooledTransaction(client, { schema: this.schema, timeoutMs, copyIdleMs });
    let isWorking = false;
    try {
      await runControl(client, beginStatement(options, timeoutMs), controlMs);
      isWorking = true;
      const value = await work(tx);
      isWorking = false;
      tx.end();
      await commit(client, controlMs);
      client.release();
      return value;
    } catch (error) {
      tx.end();
      const failure = toFailure(error);
      // A connection on which `begin` or `commit` has no answer may get it while somebody else waits for his.
      if (!isWorking && failure instanceof Unavailable) client.release(true);
      else await rollBack(client);
      throw failure;
    }
  }

  async ping(): Promise<void> {
    await runStatement(this.#pool, { sql: 'select 1', timeoutMs: PING_TIMEOUT_MS });
  }

  close(): Promise<void> {
    this.#closed ??= this.#pool.end();
    return this.#closed;
  }

  /** A connection of its own, outside the pool, for LISTEN. Not connected yet. */
  dedicatedClient(): pg.Client {
    return new pg.Client(this.#connection);
  }

  #run(sql: string, values?: readonly unknown[]): Promise<pg.QueryResult> {
    const limit = { timeoutMs: this.#statementTimeoutMs };
    return runStatement(this.#pool, values === undefined ? { sql, ...limit } : { sql, values, ...limit });
  }

  async #connect(): Promise<pg.PoolClient> {
    try {
      return await this.#pool.connect();
    } catch (error) {
      throw toFailure(error);
    }
  }
}

/** One round trip; `set local` ends with the transaction, so nothing is left behind for the next user of the connection. */
function beginStatement(options: TransactionOptions, timeoutMs: number): string {
  const isolation = options.isolation ?? 'read committed';
  const access = options.readOnly === true ? 'read only' : 'read write';
  return (
    `begin isolation level ${isolation} ${access}; set local statement_timeout = ${Math.trunc(timeoutMs)}; ` +
    `set local idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_MS}`
  );
}

async function commit(client: pg.PoolClient, waitMs: number): Promise<void> {
  const result = await runControl(client, 'commit', waitMs);
  // The server answers COMMIT with ROLLBACK when an earlier statement failed and `work` swallowed its error.
  if (result.command !== 'COMMIT')
    throw new Bug('the transaction was rolled back: a statement in it failed, and its error was ignored');
}

/** Gives the connection back when it is clean again, else closes it. */
async function rollBack(client: pg.PoolClient): Promise<void> {
  try {
    await runStatement(client, { sql: 'rollback', timeoutMs: ROLLBACK_TIMEOUT_MS });
    client.release();
  } catch {
    client.release(true);
  }
}
