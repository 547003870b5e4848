import {
  affectedFromWire,
  type FindAffectedManifestsRequest,
  type FindAffectedManifestsResponse,
  packageToWire,
} from '@clair/contracts';
import { decide } from '@clair/matching';
import { type Affected, compareText, type Package } from '@clair/model';
import type { Database } from '@clair/postgres';
import { ServiceError } from '@clair/service-kit';
import { findCandidates, findHolders } from '../store/affected-manifests.ts';

/** Rows answered with one pair of queries. More would hold more candidates in memory; fewer would ask more often. */
const BATCH_ROWS = 500;
const SLICE_PACKAGES = 200;
/** (package, manifest) pairs held at once. */
const SLICE_ROWS_MAX = 20_000;
/** PostgreSQL's own largest `integer`: no limit, in the words of the same query. */
const ROWS_OF_ONE_MAX = 2_147_483_647;

interface Question {
  readonly ref: number;
  readonly affected: Affected;
  /** Of the first one only. */
  readonly vendors: readonly string[];
}

interface Match {
  readonly ref: number;
  readonly verdict: string;
  readonly package: Package;
}

/**
 * Answers in the caller's order of batches; within a batch in no order, each `ref` closed by an `end`. Memory is bounded
 * by a batch: requests are read no faster than answers are taken.
 */
export async function* findAffectedManifests(
  requests: AsyncIterable<FindAffectedManifestsRequest>,
  db: Database,
): AsyncGenerator<FindAffectedManifestsResponse> {
  let vendors: readonly string[] | undefined;
  for await (const batch of batches(requests)) {
    vendors ??= batch[0]?.vendors ?? [];
    yield* answer(batch, vendors, db);
    for (const question of batch) {
      yield { ref: question.ref, manifestHash: '', package: undefined, verdict: '', end: true, labels: [] };
    }
  }
}

async function* batches(requests: AsyncIterable<FindAffectedManifestsRequest>): AsyncGenerator<Question[]> {
  let batch: Question[] = [];
  for await (const request of requests) {
    batch.push(parse(request));
    if (batch.length < BATCH_ROWS) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

function parse(request: FindAffectedManifestsRequest): Question {
  if (request.affected === undefined) throw new ServiceError('invalid-argument', `ref ${request.ref}: no affected row`);
  const affected = affectedFromWire(request.affected);
  if (!affected.ok) throw new ServiceError('invalid-argument', `ref ${request.ref}: ${JSON.stringify(affected.error)}`);
  return { ref: request.ref, affected: affected.value, vendors: request.coveredNamespaces };
}

async function* answer(
  batch: readonly Question[],
  vendors: readonly string[],
  db: Database,
): AsyncGenerator<FindAffectedManifestsResponse> {
  const matches = await match(batch, db);
  if (matches.size === 0) return;
  // A transaction cannot stay open across a `yield` without a consumer's pace deciding how long; answers are gathered
  // per slice of packages instead, so that no transaction outlives its query. A slice with too many is halved; those of
  // a single package are at most the manifests there are.
  const slices = slicesOf([...matches.keys()], SLICE_PACKAGES);
  for (let slice = slices.pop(); slice !== undefined; slice = slices.pop()) {
    const packageIds = slice;
    const rowsMax = packageIds.length === 1 ? ROWS_OF_ONE_MAX : SLICE_ROWS_MAX;
    const query = { packageIds, rowsMax, vendors };
    const holders = await db.transaction((tx) => findHolders(tx, query), { readOnly: true });
    if (packageIds.length > 1 && holders.length === rowsMax) {
      slices.push(...slicesOf(packageIds, Math.ceil(packageIds.length / 2)));
      continue;
    }
    for (const holder of holders) {
      const byName = Object.entries(holder.labels).sort(([a], [b]) => compareText(a, b));
      const labels = byName.map(([name, values]) => ({ name, values: [...values] }));
      for (const one of matches.get(holder.packageId) ?? []) {
        yield {
          ref: one.ref,
          manifestHash: holder.manifest,
          package: packageToWire(one.package),
          verdict: one.verdict,
          end: false,
          labels,
        };
      }
    }
  }
}

/** By package id, what that package is affected by. */
async function match(batch: readonly Question[], db: Database): Promise<Map<number, Match[]>> {
  const queries = batch.map(({ affected }) => ({
    namespace: affected.namespace,
    name: affected.package,
    kind: affected.packageKind,
  }));
  const matches = new Map<number, Match[]>();
  for (const candidate of await findCandidates(db, queries)) {
    const question = batch[candidate.query];
    if (question === undefined) continue;
    const verdict = decide(candidate.package, question.affected);
    if (verdict.kind === 'not-affected') continue;
    const list = matches.get(candidate.id) ?? [];
    list.push({ ref: question.ref, verdict: verdict.kind, package: candidate.package });
    matches.set(candidate.id, list);
  }
  return matches;
}

function slicesOf<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
