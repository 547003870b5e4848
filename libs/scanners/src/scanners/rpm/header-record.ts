import type { Result } from '@clair/model';

/** A package header as a database keeps it. */
export interface HeaderRecord {
  /** Where it was, for messages: `record 17`. */
  readonly at: string;
  readonly bytes: Uint8Array;
}

/** `database`: nothing of the database may be used, and nothing follows. `record`: this one is lost, others follow. */
export interface RecordProblem {
  readonly costs: 'database' | 'record';
  readonly reason: string;
}

/** What a database form gives. Lazy; the work is linear in the size of the file. */
export type HeaderRecords = Iterable<Result<HeaderRecord, RecordProblem>>;
