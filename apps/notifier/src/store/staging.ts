import { Unavailable } from '@clair/model';
import type { CopyRow, Database, Transaction } from '@clair/postgres';
import type { AffectedManifest } from '../process/affected-manifest.ts';
import type { ChangedRow } from '../process/changed-row.ts';

/** A changed row to ask the indexer about. */
export interface StagedChange {
  readonly ref: number;
  readonly packageKind: string;
  readonly affected: Uint8Array;
  /** Whether other advisories about the flaw have a say in it: the key of all of them, and on which side of the change they are. */
  readonly settled: boolean;
  readonly key: string;
  readonly change: ChangedRow['change'];
}

/** COPY and grouping of a large change take as long as they take; the lease bounds them. */
const NO_STATEMENT_TIMEOUT = { statementTimeoutMs: 0 };

/**
 * Makes `run` the only run that can commit, and clears away what others staged. Rejects with `Unavailable` when `after` is no
 * longer the last operation notified: somebody else has gone on.
 */
export async function beginRun(db: Database, run: string, after: number): Promise<void> {
  const s = db.schema;
  await db.transaction(async (tx) => {
    const fenced = await tx.execute(`update ${s}.progress set run = $1 where notified = $2`, [run, after]);
    if (fenced !== 1) throw new Unavailable('another worker has gone on with the notifications');
    await clearStaging(tx, 'run <> $1', run);
  }, NO_STATEMENT_TIMEOUT);
}

/** Not by TRUNCATE: it would wait for the COPY of a worker that hangs, or that the network has cut off. */
async function clearStaging(tx: Transaction, where: 'run = $1' | 'run <> $1', run: string): Promise<void> {
  for (const table of ['staged_change', 'staged_manifest', 'staged_notification']) {
    await tx.execute(`delete from ${tx.schema}.${table} where ${where}`, [run]);
  }
}

/** Removes what `run` staged. */
export function endRun(tx: Transaction, run: string): Promise<void> {
  return clearStaging(tx, 'run = $1', run);
}

/** Stages all rows or none; resolves to their number. Holds one row at a time. */
export function stageChanges(db: Database, run: string, rows: AsyncIterable<ChangedRow>): Promise<number> {
  const columns = [
    'run',
    'ref',
    'change',
    'feed',
    'key',
    'flaw_ids',
    'rule',
    'severity_rank',
    'fixable',
    'risen',
    'summary_hash',
    'summary',
    'affected',
  ];
  return db.transaction(
    (tx) => tx.copyIn(`${db.schema}.staged_change`, columns, changeRows(run, rows)),
    NO_STATEMENT_TIMEOUT,
  );
}

async function* changeRows(run: string, rows: AsyncIterable<ChangedRow>): AsyncGenerator<CopyRow> {
  let ref = 0;
  for await (const row of rows) {
    ref += 1;
    const { change, feed, key, flawIds = null, rule, severityRank, fixable, summaryHash, affected } = row;
    const risen = row.risen === undefined ? null : JSON.stringify(row.risen);
    const summary = JSON.stringify(row.summary);
    yield [run, ref, change, feed, key, flawIds, rule, severityRank, fixable, risen, summaryHash, summary, affected];
  }
}

/**
 * Drops the rows of every key whose rules are the same before and after, and which has become neither graver nor fixable:
 * only words changed, so nobody is notified, and the indexer need not be asked. Resolves to the number dropped.
 */
export function dropUnchangedRules(db: Database, run: string): Promise<number> {
  const table = `${db.schema}.staged_change`;
  const rules = (change: string) => `array_agg(distinct rule order by rule) filter (where change = '${change}')`;
  const worse = (what: string) => `${what} filter (where change = 'added') > ${what} filter (where change = 'removed')`;
  const sql = `delete from ${table} where run = $1 and change <> 'risen' and key in (
    select key from ${table} where run = $1 group by key having ${rules('added')} = ${rules('removed')}
      and not ${worse('max(severity_rank)')} and not ${worse('bool_or(fixable)')})`;
  return db.transaction((tx) => tx.execute(sql, [run]), NO_STATEMENT_TIMEOUT);
}

/** The next changes after `afterRef`, in the order of their refs. */
export function loadChanges(
  db: Database,
  run: string,
  page: { readonly afterRef: number; readonly limit: number },
): Promise<StagedChange[]> {
  return db.query<StagedChange>(
    `select ref, summary->>'packageKind' as "packageKind", affected, flaw_ids is not null as settled, key, change
     from ${db.schema}.staged_change
     where run = $1 and ref > $2 order by ref limit $3`,
    [run, page.afterRef, page.limit],
  );
}

/** Stages all answers or none; resolves to their number. */
export function stageManifests(db: Database, run: string, answers: AsyncIterable<AffectedManifest>): Promise<number> {
  const columns = ['run', 'ref', 'manifest', 'certainty', 'package_version', 'package_arch', 'labels'];
  return db.transaction(
    (tx) => tx.copyIn(`${db.schema}.staged_manifest`, columns, manifestRows(run, answers)),
    NO_STATEMENT_TIMEOUT,
  );
}

async function* manifestRows(run: string, answers: AsyncIterable<AffectedManifest>): AsyncGenerator<CopyRow> {
  for await (const { ref, manifest, certainty, packageVersion, packageArch, labels } of answers) {
    yield [run, ref, manifest, certainty, packageVersion, packageArch, JSON.stringify(labels)];
  }
}
