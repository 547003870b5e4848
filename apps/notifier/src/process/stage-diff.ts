import type { DiffOperationsResponse } from '@clair/contracts';
import { assignFlawKeys } from '../store/flaw-keys.ts';
import { dropUnchangedRules, stageChanges } from '../store/staging.ts';
import { type ChangedRow, type RejectedRow, readChangedRow } from './changed-row.ts';
import type { ProcessDependencies } from './dependencies.ts';
import type { OperationRange } from './range.ts';

/** Rejected rows that are logged one by one; the others are only counted. */
const REJECTED_LOGGED_MAX = 20;

export interface DiffRequest {
  readonly run: string;
  readonly range: OperationRange;
  readonly signal: AbortSignal;
}

/** Resolves to the number of changed rows that may concern a manifest, all of them staged for `run`. */
export async function stageDiff(deps: ProcessDependencies, { run, range, signal }: DiffRequest): Promise<number> {
  const rejected: RejectedRow[] = [];
  const staged = await stageChanges(
    deps.db,
    run,
    changedRows(deps, { range, signal, reject: (row) => rejected.push(row) }),
  );
  reportRejected(deps, range, rejected);
  await assignFlawKeys(deps.db, run);
  return staged - (await dropUnchangedRules(deps.db, run));
}

interface DiffReading {
  readonly range: OperationRange;
  readonly signal: AbortSignal;
  readonly reject: (row: RejectedRow) => void;
}

async function* changedRows({ matcher }: ProcessDependencies, reading: DiffReading): AsyncGenerator<ChangedRow> {
  const { range, signal } = reading;
  for await (const message of matcher.diffOperations(
    { ...range, includeFirstLoads: false, includeKept: true, includeRisen: true },
    { signal },
  )) {
    for (const side of sidesOf(message)) {
      const row = readChangedRow(side);
      if (row.ok) yield row.value;
      else reading.reject(row.error);
    }
  }
}

/**
 * A row that was kept beside one that changed holds before and after: without it, a manifest that only the kept row
 * concerns would be told that the flaw is gone.
 */
function sidesOf(message: DiffOperationsResponse): readonly DiffOperationsResponse[] {
  if (message.change !== 'kept') return [message];
  return [
    { ...message, change: 'removed' },
    { ...message, change: 'added' },
  ];
}

function reportRejected(deps: ProcessDependencies, range: OperationRange, rejected: readonly RejectedRow[]): void {
  deps.metrics.rejected('matcher', rejected.length);
  for (const row of rejected.slice(0, REJECTED_LOGGED_MAX)) deps.log.warn({ ...range, ...row }, 'changed row rejected');
  if (rejected.length > 0) deps.log.warn({ ...range, rejected: rejected.length }, 'changed rows notify nobody');
}
