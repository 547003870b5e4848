import type { ChangedDocument, ChangeLog } from '@clair/feeds';
import type { PartitionState } from '../store/partitions.ts';
import { changesSince, fetchLogs, followAfterDelta, followAfterWhole, newestChangeMs } from './change-log.ts';
import { prepareDelta } from './prepare-delta.ts';
import { prepareWhole } from './prepare-whole.ts';
import {
  type PartitionInput,
  type PrepareDeps,
  type PreparedPartition,
  rememberedState,
} from './prepared-partition.ts';

/** More ended keys than this are not for one message. */
const DOCUMENTS_MAX = 50_000;

/**
 * A partition whose source tells what changed: the logs are read, and then either only the changed documents, or the whole
 * when there is nothing to build on, the logs cannot be read, or too much changed.
 */
export async function prepareChanges(
  input: PartitionInput,
  log: ChangeLog,
  deps: PrepareDeps,
): Promise<PreparedPartition> {
  const startedMs = deps.clock();
  const base = input.force || input.whole ? undefined : baseState(input);
  const texts = await fetchLogs(log, deps.fetcher, input.signal);
  if (texts === 'absent') return prepareWhole(input, deps);
  const changes = texts.ok && base !== undefined ? changesSince(log, texts.value, base.changes.since) : undefined;
  const problem = texts.ok ? (changes?.ok === false ? changes.error : undefined) : texts.error;
  const whole = (newerThan?: string): Promise<PreparedPartition> =>
    prepareWhole(input, deps, {
      ...(newerThan !== undefined && { newerThan }),
      follow: ({ publishedAt }) => {
        const newest = texts.ok && problem === undefined ? newestChangeMs(log, texts.value) : undefined;
        return followAfterWhole({ publishedAt, newestChangeMs: newest, startedMs });
      },
    });
  if (base === undefined) return withProblem(await whole(), problem);
  if (changes?.ok !== true) return withProblem(await whole(base.changes.since), problem);
  const due = changes.value.filter(({ key, at }) => base.changes.taken.get(key) !== at);
  return follow({ input, base, changes: changes.value, due, startedMs, log, whole }, deps);
}

/**
 * What the log can be followed from: the matcher has the partition, and what was remembered of it is as it would be read
 * now. That the matcher has just the remembered one is seen later: it may have taken an update of which we then died.
 */
function baseState(input: PartitionInput): PartitionState | undefined {
  const state = rememberedState(input);
  if (state === undefined || state.changes.since === '' || !input.held.has(state.name)) return undefined;
  return state;
}

interface Following {
  readonly input: PartitionInput;
  readonly base: PartitionState;
  readonly changes: readonly ChangedDocument[];
  readonly due: readonly ChangedDocument[];
  readonly startedMs: number;
  readonly log: ChangeLog;
  readonly whole: (newerThan?: string) => Promise<PreparedPartition>;
}

async function follow(following: Following, deps: PrepareDeps): Promise<PreparedPartition> {
  const { input, base, changes, due, startedMs, log, whole } = following;
  const { name } = base;
  const held = input.held.get(name);
  const isHeld = held === base.contentHash;
  if (due.length === 0) return isHeld ? { kind: 'unchanged', name, bytes: 0 } : whole();
  const documentsMax = Math.min(log.documentsMax, DOCUMENTS_MAX);
  if (due.length > documentsMax) {
    const loaded = await whole(isHeld ? base.changes.since : undefined);
    // No archive is newer than what we have: then as much as is allowed at once, and the rest next time.
    if (loaded.kind !== 'unchanged') return loaded;
  }
  const now = due.slice(0, documentsMax);
  const delta = await prepareDelta({ input, base, due: now }, deps);
  if (delta.outcome.kind !== 'ready') return delta.outcome;
  const left = new Set([...delta.left, ...due.slice(documentsMax).map(({ key }) => key)]);
  const state = {
    ...delta.outcome.state,
    changes: followAfterDelta({ before: base.changes, changes, left, startedMs }),
  };
  if (isHeld) return { ...delta.outcome, state };
  // The matcher has something else than we remember. If it is what we would send, it took it and we did not live to
  // write it down.
  const { problem, bytes } = delta.outcome;
  if (held !== state.contentHash) return whole();
  return withProblem({ kind: 'unchanged', name, bytes, state }, problem);
}

function withProblem(prepared: PreparedPartition, problem: string | undefined): PreparedPartition {
  if (problem === undefined) return prepared;
  if (prepared.kind === 'unchanged' || prepared.kind === 'ready') return { ...prepared, problem };
  if (prepared.kind !== 'failed') return prepared;
  return { ...prepared, reason: `${problem}; ${prepared.reason}` };
}
