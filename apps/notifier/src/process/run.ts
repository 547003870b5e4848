import { randomUUID } from 'node:crypto';
import { INLINE_NOTIFICATIONS_MAX } from '@clair/contracts';
import { assertNever } from '@clair/model';
import { ServiceError } from '@clair/service-kit';
import { type CommittedSet, commitRun } from '../store/commit.ts';
import { groupNotifications } from '../store/grouping.ts';
import { loadProgress, moveProgress, recordNewest } from '../store/progress.ts';
import { beginRun } from '../store/staging.ts';
import type { ProcessDependencies } from './dependencies.ts';
import { findManifests } from './find-manifests.ts';
import { newestOperation, type Operation, type OperationRange, planRange, skipLostHistory } from './range.ts';
import { stageDiff } from './stage-diff.ts';

/**
 * Notifies everything from the last operation notified to the matcher's newest. Wherever it is interrupted, the ranges
 * that committed stay and the next call goes on after them; of the others there is no trace.
 * Resolves to the number of sets created.
 */
export async function notifyChanges(deps: ProcessDependencies, signal: AbortSignal): Promise<number> {
  const before = await loadProgress(deps.db);
  const operations = await listOperations(deps, signal);
  const newest = newestOperation(operations);
  await recordNewest(deps.db, newest, before.seen);
  let { notified } = before;
  let sets = 0;
  for (;;) {
    deps.metrics.lag(newest - (notified ?? newest));
    const plan = planRange(notified, operations);
    switch (plan.kind) {
      case 'idle':
        return sets;
      case 'begin':
        deps.log.info({ operation: plan.at }, 'notifications begin');
        await moveProgress(deps.db, notified, plan.at);
        notified = plan.at;
        break;
      case 'restart':
        deps.log.warn({ notified, newest: plan.at }, 'the matcher has begun its operations anew');
        await moveProgress(deps.db, notified, plan.at);
        notified = plan.at;
        break;
      case 'diff': {
        const done = await notifyRange(deps, { range: plan.range, operations, signal });
        notified = done.notified;
        sets += done.sets.length;
        break;
      }
      default:
        assertNever(plan);
    }
  }
}

async function listOperations(deps: ProcessDependencies, signal: AbortSignal): Promise<readonly Operation[]> {
  // One that a client has deleted happened all the same: without it the newest would look older than what was notified.
  const request = { latest: false, includeDeleted: true };
  const { operations } = await deps.matcher.listUpdateOperations(request, { signal });
  return operations.map(({ id, loadsNamespaces }) => ({ id, loadsNamespaces }));
}

interface RangeRequest {
  readonly range: OperationRange;
  readonly operations: readonly Operation[];
  readonly signal: AbortSignal;
}

interface RangeDone {
  readonly notified: number;
  readonly sets: readonly CommittedSet[];
}

async function notifyRange(deps: ProcessDependencies, request: RangeRequest): Promise<RangeDone> {
  const { range, operations, signal } = request;
  const run = randomUUID();
  const startedMs = deps.clock();
  await beginRun(deps.db, run, range.after);
  const rows = await stageDiffIfKept(deps, { run, range, signal });
  if (rows === 'history-lost') return skip(deps, range, operations);
  const manifests = rows > 0 ? await findManifests(deps, { run, signal }) : 0;
  const staged = manifests > 0 ? await groupNotifications(deps.db, run) : 0;
  signal.throwIfAborted();
  const sets = await commitRun(deps.db, {
    run,
    range,
    nowMs: deps.clock(),
    webhook: deps.webhook,
    inlineMax: INLINE_NOTIFICATIONS_MAX,
    announce: deps.announce,
  });
  for (const set of sets) deps.metrics.created(set.feed, set.notifications);
  const tookMs = deps.clock() - startedMs;
  deps.log.info(
    { ...range, rows, manifests, notifications: staged, sets: sets.map(({ id }) => id), tookMs },
    'changes notified',
  );
  return { notified: range.through, sets };
}

async function stageDiffIfKept(
  deps: ProcessDependencies,
  request: Parameters<typeof stageDiff>[1],
): Promise<number | 'history-lost'> {
  try {
    return await stageDiff(deps, request);
  } catch (error) {
    if (error instanceof ServiceError && error.kind === 'failed-precondition') return 'history-lost';
    throw error;
  }
}

async function skip(
  deps: ProcessDependencies,
  range: OperationRange,
  operations: readonly Operation[],
): Promise<RangeDone> {
  const to = skipLostHistory(range, operations);
  await moveProgress(deps.db, range.after, to);
  deps.metrics.historyLost(to - range.after);
  deps.log.error({ after: range.after, through: to }, 'operations never notified: the matcher has lost their history');
  return { notified: to, sets: [] };
}
