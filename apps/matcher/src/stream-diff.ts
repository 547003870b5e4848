import type { Database, Transaction } from '@clair/postgres';
import { ServiceError } from '@clair/service-kit';
import { HandOver } from './hand-over.ts';
import { type ChangedRow, type DiffRange, diffRows, historyFrom, liveRows } from './store/diff.ts';
import { newestOperation } from './store/operations.ts';

/**
 * What changed in (after, through]; `through` 0 is the newest operation. One snapshot, a batch in memory at a time.
 * Throws `ServiceError('failed-precondition')` when `after` is before the retained history of a feed it asks about, and
 * `ServiceError('invalid-argument')` when the range is not one.
 */
export function streamDiff(db: Database, range: DiffRange): AsyncGenerator<ChangedRow> {
  return streamRows(db, (tx) => readDiff(tx, range));
}

/** All that a feed said as of an operation, as added rows; refused as {@link streamDiff} refuses. */
export function streamLive(
  db: Database,
  moment: { readonly feed: string; readonly operation: number },
): AsyncGenerator<ChangedRow> {
  return streamRows(db, async function* (tx) {
    await requireHistory(tx, moment.feed, moment.operation);
    yield* liveRows(tx, moment);
  });
}

/** The rows that `read` gives inside a transaction, to a reader outside of it; it ends when the reader has enough. */
async function* streamRows(
  db: Database,
  read: (tx: Transaction) => AsyncIterable<ChangedRow>,
): AsyncGenerator<ChangedRow> {
  const handOver = new HandOver<ChangedRow>();
  const write = async (tx: Transaction) => {
    for await (const row of read(tx)) if (!(await handOver.put(row))) return;
  };
  const writing = db.transaction(write, { isolation: 'repeatable read', readOnly: true }).then(
    () => handOver.end(),
    (error: unknown) => handOver.fail(error),
  );
  try {
    yield* handOver.taken();
  } finally {
    handOver.abandon();
    await writing;
  }
}

async function* readDiff(tx: Transaction, range: DiffRange): AsyncGenerator<ChangedRow> {
  const resolved = await resolveRange(tx, range);
  if (resolved.after < resolved.through) yield* diffRows(tx, resolved);
}

async function resolveRange(tx: Transaction, range: DiffRange): Promise<DiffRange> {
  const newest = await newestOperation(tx);
  const through = range.through === 0 ? newest : range.through;
  if (through > newest)
    throw new ServiceError('invalid-argument', `through ${through} is after the newest operation, ${newest}`);
  if (range.after > through)
    throw new ServiceError('invalid-argument', `after ${range.after} is beyond through ${through}`);
  await requireHistory(tx, range.feed, range.after);
  return { ...range, through };
}

async function requireHistory(tx: Transaction, feed: string, operation: number): Promise<void> {
  const oldest = await historyFrom(tx, feed);
  if (operation >= oldest) return;
  throw new ServiceError(
    'failed-precondition',
    `the history is whole from operation ${oldest} on, not from ${operation}`,
  );
}
