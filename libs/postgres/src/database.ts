/** What a column of a copied row may hold. `Uint8Array` is `bytea`; an array is a one-dimensional PostgreSQL array. */
export type CopyValue = string | number | bigint | boolean | null | Uint8Array | Date | readonly (string | number)[];

/** The values of one row, in the order of the columns named to {@link Transaction.copyIn}. */
export type CopyRow = readonly CopyValue[];

/**
 * Runs SQL. Everything rejects with `Unavailable` (from `@clair/model`) when the database is away, restarts, times out or
 * asks to try again (deadlock, serialization failure), and with the driver's `DatabaseError` when the SQL or its data is at fault.
 *
 * Every table in the SQL names its schema. `int8` comes back as a number and a value beyond 2^53 is an error; `numeric` as text;
 * `json` parsed; `timestamptz` as `Date`; `bytea` as `Buffer`. Objects in `values` are sent as JSON, arrays as PostgreSQL arrays.
 */
export interface Queryable {
  /** The rows of one statement. `R` is the caller's claim about their shape. */
  query<R>(sql: string, values?: readonly unknown[]): Promise<R[]>;
  /** Runs one statement (without `values`: any number of them) and returns the rows affected by the last. */
  execute(sql: string, values?: readonly unknown[]): Promise<number>;
}

/** Usable until the function given to {@link Database.transaction} settles; a {@link Bug} afterwards. */
export interface Transaction extends Queryable {
  /** The schema of the database that the transaction belongs to. */
  readonly schema: string;
  /**
   * Appends `rows` to `table` (`schema.table`; a bare name is a temporary table) and returns how many they were. Reads `rows`
   * no faster than the server takes them. U+0000, which PostgreSQL cannot store in text, arrives as U+FFFD.
   * When `rows` throws, rejects with that error, and the transaction can only be rolled back. When the server takes nothing of
   * the rows for 5 min, the connection is closed.
   */
  copyIn(table: string, columns: readonly string[], rows: Iterable<CopyRow> | AsyncIterable<CopyRow>): Promise<number>;
  /** The rows of a query of any size, holding `batchRows` (default 1,000) at a time. Other statements may run between rows. */
  cursor<R>(sql: string, values?: readonly unknown[], batchRows?: number): AsyncIterable<R>;
}

export interface TransactionOptions {
  /** Default `read committed`. `repeatable read` sees one snapshot throughout. */
  readonly isolation?: 'read committed' | 'repeatable read';
  readonly readOnly?: boolean;
  /** Longest time for one statement of this transaction, a whole COPY included. Default: the database's. 0: no limit. */
  readonly statementTimeoutMs?: number;
}

/** A pool of connections, and the schema that its owner keeps to. */
export interface Database extends Queryable {
  readonly schema: string;
  /**
   * Commits what `work` did and returns its value; rolls everything back when `work` throws, and rejects with that error.
   * When the connection is lost while committing, or no answer comes for 2 min, rejects with `Unavailable` although the server
   * may have committed.
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /** Waits for statements that run, then closes the connections. */
  close(): Promise<void>;
  /** Resolves when the server answers; rejects with `Unavailable` when it does not, after 16 s at the latest. */
  ping(): Promise<void>;
}
