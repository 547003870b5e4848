import type { ChangedDocument, ChangeLog } from '@clair/feeds';
import type { PartitionState } from '../store/partitions.ts';
import {
  allChanges,
  changesSince,
  decisiveAfter,
  fetchLogs,
  followAfterDelta,
  followAfterWhole,
} from './change-log.ts';
import { type Delta, prepareDelta } from './prepare-delta.ts';
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
  // Beside what changed, which is sent if the whole is not believed.
  const wholePaths = { ...input.paths, spool: `${input.paths.spool}.whole` };
  const whole = (newerThan?: string): Promise<PreparedPartition> =>
    prepareWhole({ ...input, paths: wholePaths }, deps, {
      ...(newerThan !== undefined && { newerThan }),
      follow: ({ publishedAt }) => {
        const told = texts.ok && problem === undefined ? allChanges(log, texts.value) : [];
        return followAfterWhole({ publishedAt, changes: told, startedMs });
      },
    });
  if (base === undefined) return withProblem(await whole(), problem);
  if (changes?.ok !== true) return withProblem(await whole(base.changes.since), problem);
  const due = changes.value.filter(({ key, at }) => base.changes.taken.get(key) !== at);
  const documentsMax = Math.min(log.documentsMax, DOCUMENTS_MAX);
  const isHeld = input.held.get(base.name) === base.contentHash;
  return follow({ input, base, changes: changes.value, due, startedMs, documentsMax, isHeld, whole }, deps);
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
  readonly documentsMax: number;
  /** The matcher has just what was remembered. */
  readonly isHeld: boolean;
  readonly whole: (newerThan?: string) => Promise<PreparedPartition>;
}

async function follow(following: Following, deps: PrepareDeps): Promise<PreparedPartition> {
  const { input, base, due, documentsMax, isHeld, whole } = following;
  if (due.length === 0) return isHeld ? { kind: 'unchanged', name: base.name, bytes: 0 } : whole();
  if (due.length > documentsMax) {
    const loaded = await whole(isHeld ? base.changes.since : undefined);
    // No archive is newer than what we have: then as much as is allowed at once, and the rest next time.
    if (loaded.kind !== 'unchanged') return loaded;
  }
  const delta = await prepareDelta({ input, base, due: due.slice(0, documentsMax) }, deps);
  // With more due than that, the archive was asked for already.
  const decided = due.length > documentsMax ? undefined : await decide(following, delta);
  return decided ?? conclude(following, delta);
}

/**
 * The whole, when a document could not be had for days and an archive was published that was begun after it changed: what
 * that does not have is gone at the source. It is told as a failure, once, so that what changed since is soon asked for.
 * `undefined` when there is no such archive, or nothing to decide.
 */
async function decide(following: Following, { outcome, left }: Delta): Promise<PreparedPartition | undefined> {
  const { base, changes, startedMs, isHeld, whole } = following;
  const newerThan = decisiveAfter(changes, left, startedMs);
  if (newerThan === undefined) return undefined;
  const loaded = await whole(isHeld ? newerThan : undefined);
  const told = outcome.kind === 'failed' ? outcome.reason : outcome.problem;
  if (loaded.kind === 'ready') return { ...loaded, problem: `${told}; the whole, which is newer, was taken instead` };
  if (loaded.kind === 'failed') {
    return withProblem(await conclude(following, { outcome, left }), `the whole: ${loaded.reason}`);
  }
  if (loaded.kind !== 'unchanged' || loaded.state === undefined) return undefined;
  // The archive that was too old need not be sent again.
  const seen = { ...base, etag: loaded.state.etag, lastModified: loaded.state.lastModified };
  if (outcome.kind === 'unchanged') return { ...outcome, state: seen };
  return conclude({ ...following, base: seen }, { outcome, left });
}

/** What the changed documents come to, for a matcher that has what they change, or already what they would make of it. */
async function conclude(following: Following, { outcome, left }: Delta): Promise<PreparedPartition> {
  const { input, base, changes, due, startedMs, documentsMax, isHeld, whole } = following;
  if (outcome.kind !== 'ready') return outcome;
  const later = new Set(due.slice(documentsMax).map(({ key }) => key));
  const to = followAfterDelta({ before: base.changes, changes, left, later, startedMs });
  const { name, etag, lastModified } = base;
  const state = { ...outcome.state, etag, lastModified, changes: to };
  const passed = due.filter(({ key, at }) => left.has(key) && Date.parse(at) < Date.parse(to.since)).length;
  const problem = passed === 0 ? undefined : `${passed} of them will not be asked for again`;
  if (isHeld) return withProblem({ ...outcome, state }, problem);
  // The matcher has something else than we remember. If it is what we would send, it took it and we did not live to
  // write it down.
  if (input.held.get(name) !== state.contentHash) return whole();
  const { bytes } = outcome;
  return withProblem(
    { kind: 'unchanged', name, bytes, state, ...(outcome.problem !== undefined && { problem: outcome.problem }) },
    problem,
  );
}

/** Tells `problem` too. */
function withProblem(prepared: PreparedPartition, problem: string | undefined): PreparedPartition {
  if (problem === undefined) return prepared;
  if (prepared.kind === 'unchanged' || prepared.kind === 'ready') {
    return { ...prepared, problem: prepared.problem === undefined ? problem : `${prepared.problem}; ${problem}` };
  }
  if (prepared.kind !== 'failed') return prepared;
  return { ...prepared, reason: `${problem}; ${prepared.reason}` };
}
