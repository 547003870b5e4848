import { setTimeout as delay } from 'node:timers/promises';
import { type FindAffectedManifestsResponse, WireAffected } from '@clair/contracts';
import { Unavailable } from '@clair/model';
import { loadFlawRows } from '../store/flaw-keys.ts';
import { loadChanges, type StagedChange, stageManifests } from '../store/staging.ts';
import { type AffectedManifest, readAffectedManifest } from './affected-manifest.ts';
import type { ProcessDependencies } from './dependencies.ts';
import { FlawSettlement } from './flaw-settlement.ts';

/** Rows asked about in one call: enough to share the cost of a query, few enough to ask again cheaply. */
const BATCH_ROWS = 500;

/** A batch is asked again after these waits; a run that is given up has to begin anew. */
const RETRY_WAITS_MS: readonly number[] = [500, 5000];

export interface FindRequest {
  readonly run: string;
  readonly signal: AbortSignal;
}

interface Covered {
  /** Namespaces of which a loaded feed says anything; the same that reports take for covered. */
  readonly covered: readonly string[];
}

async function coveredNamespaces({ matcher }: ProcessDependencies, signal: AbortSignal): Promise<readonly string[]> {
  const { feeds } = await matcher.listFeeds({}, { signal });
  return [...new Set(feeds.flatMap(({ namespaces }) => namespaces))].sort();
}

/** Asks the indexer about every staged change; all its answers are staged when this resolves, to their number. */
export async function findManifests(deps: ProcessDependencies, { run, signal }: FindRequest): Promise<number> {
  const covered = await coveredNamespaces(deps, signal);
  let staged = 0;
  let afterRef = 0;
  for (;;) {
    signal.throwIfAborted();
    const batch = await loadChanges(deps.db, run, { afterRef, limit: BATCH_ROWS });
    const last = batch.at(-1);
    if (last === undefined) return staged;
    staged += await stageBatch(deps, batch, { run, signal, covered });
    afterRef = last.ref;
  }
}

async function stageBatch(
  deps: ProcessDependencies,
  batch: readonly StagedChange[],
  find: FindRequest & Covered,
): Promise<number> {
  for (const waitMs of RETRY_WAITS_MS) {
    try {
      return await stageManifests(deps.db, find.run, answersTo(deps, batch, find));
    } catch (error) {
      if (!(error instanceof Unavailable) || find.signal.aborted) throw error;
      deps.log.warn({ err: error, retryInMs: waitMs }, 'affected manifests asked again');
    }
    await delay(waitMs, undefined, { signal: find.signal });
  }
  return stageManifests(deps.db, find.run, answersTo(deps, batch, find));
}

/** The answers to one batch, one at a time. Throws `Unavailable` when they end before every row had its end. */
async function* answersTo(
  deps: ProcessDependencies,
  batch: readonly StagedChange[],
  find: FindRequest & Covered,
): AsyncGenerator<AffectedManifest> {
  const open = new Map(batch.map((change) => [change.ref, change]));
  const settlement = await settlementOf(deps, batch, find.run);
  for await (const answer of deps.indexer.findAffectedManifests(questions(batch, find.covered), {
    signal: find.signal,
  })) {
    const change = open.get(answer.ref);
    if (answer.end) open.delete(answer.ref);
    else if (settlement.isTold(answer.ref, answer.package)) yield* readAnswer(deps, answer, change);
  }
  if (open.size > 0) throw new Unavailable(`the indexer left ${open.size} of ${batch.length} rows without an end`);
}

async function settlementOf(
  { db }: ProcessDependencies,
  batch: readonly StagedChange[],
  run: string,
): Promise<FlawSettlement> {
  const keys = new Set(batch.filter(({ settled }) => settled).map(({ key }) => key));
  const rows = keys.size === 0 ? [] : await loadFlawRows(db, run, [...keys]);
  return new FlawSettlement(rows.map((row) => ({ ...row, affected: WireAffected.decode(row.affected) })));
}

async function* questions(batch: readonly StagedChange[], coveredNamespaces: readonly string[]) {
  for (const { ref, affected } of batch) yield { ref, affected: WireAffected.decode(affected), coveredNamespaces };
}

function* readAnswer(
  deps: ProcessDependencies,
  answer: FindAffectedManifestsResponse,
  change: StagedChange | undefined,
): Generator<AffectedManifest> {
  const read =
    change === undefined
      ? ({ ok: false, error: { ref: answer.ref, reason: 'answers no open question' } } as const)
      : readAffectedManifest(answer, change.packageKind);
  if (read.ok) {
    yield read.value;
    return;
  }
  deps.metrics.rejected('indexer', 1);
  deps.log.warn({ ...read.error }, 'affected manifest rejected');
}
