import type { CopyRow, Transaction } from '@clair/postgres';
import type { StagedAdvisory, StagedAffected } from '../update/staged-advisory.ts';
import { toCodes } from './affected-codes.ts';
import type { NamedPartition } from './partitions.ts';

const BATCH_ADVISORIES = 1_000;
const BATCH_WEIGHT = 20_000;

const TABLES = `
create temp table staged_advisory (
  advisory bigint not null, is_new boolean not null, partition integer not null, content uuid not null, hash uuid not null,
  key text not null, name text not null, description text not null, issued text not null,
  links text[] not null, aliases text[] not null, upstream text[] not null,
  cvss text[] not null, weaknesses text[] not null
) on commit drop;
create temp table staged_affected (
  advisory bigint not null, package_kind "char" not null, status "char" not null, fix_state "char" not null,
  normalized "char" not null, hash uuid not null, namespace text not null, package text not null, scheme text not null,
  severity text not null, introduced text, fixed text, last_affected text, module text, arches text[],
  cpe text, bulletin text
) on commit drop;
create temp table staged_seen (advisory bigint not null) on commit drop;
create temp table staged_ended (advisory bigint primary key) on commit drop;
`;

const ADVISORY_COLUMNS = [
  ...['advisory', 'is_new', 'partition', 'content', 'hash'],
  ...['key', 'name', 'description', 'issued', 'links', 'aliases', 'upstream', 'cvss', 'weaknesses'],
];
const AFFECTED_COLUMNS = [
  ...['advisory', 'package_kind', 'status', 'fix_state', 'normalized', 'hash', 'namespace', 'package'],
  ...['scheme', 'severity', 'introduced', 'fixed', 'last_affected', 'module', 'arches', 'cpe', 'bulletin'],
];

interface Pending {
  readonly partition: NamedPartition;
  readonly staged: StagedAdvisory;
}

interface KnownAdvisory {
  readonly ordinal: number;
  readonly id: number;
  /** Null: its feed says nothing of it any more. */
  readonly content: string | null;
}

/** What ends in a partition of which advisories were added: all others that it has, or those of the keys. */
export interface PartitionEnd {
  readonly partition: NamedPartition;
  readonly keys: 'all-others' | readonly string[];
}

/** What {@link Staging} found that differs from what is stored. */
export interface StagedChange {
  /** Advisories that are new or say something else; they are in `staged_advisory` and `staged_affected`. */
  readonly changed: number;
  /** Of those, the ones that were not live before. */
  readonly becameLive: number;
  /** Advisories that are gone; they are in `staged_ended`. */
  readonly ended: number;
}

/**
 * Compares the advisories of an update with the stored ones, a batch at a time, by content hash, and copies only those
 * that differ to temporary tables. An update without change creates no table and writes nothing.
 */
export class Staging {
  readonly #tx: Transaction;
  #pending: Pending[] = [];
  #pendingWeight = 0;
  #hasTables = false;
  #changed = 0;
  #becameLive = 0;
  /** By partition: the advisories that were live before and are in this update. */
  readonly #stillLive = new Map<number, number[]>();

  constructor(tx: Transaction) {
    this.#tx = tx;
  }

  /** The caller adds each (partition, key) once. */
  async add(partition: NamedPartition, staged: StagedAdvisory): Promise<void> {
    this.#pending.push({ partition, staged });
    this.#pendingWeight += 1 + staged.affected.length + staged.advisory.description.length / 1_000;
    if (this.#pending.length >= BATCH_ADVISORIES || this.#pendingWeight >= BATCH_WEIGHT) await this.#flush();
  }

  /** What is neither added nor ended stays as it is. */
  async finish(ends: readonly PartitionEnd[]): Promise<StagedChange> {
    await this.#flush();
    const stored = ends.filter(({ partition }) => !partition.isNew);
    const replaced = stored.filter(({ keys }) => keys === 'all-others').map(({ partition }) => partition.id);
    let ended = await this.#stageEnded(replaced);
    for (const { partition, keys } of stored) {
      if (keys !== 'all-others') ended += await this.#stageEndedKeys(partition.id, keys);
    }
    if (this.#hasTables) await this.#analyze();
    return { changed: this.#changed, becameLive: this.#becameLive, ended };
  }

  async #flush(): Promise<void> {
    const batch = this.#pending;
    if (batch.length === 0) return;
    this.#pending = [];
    this.#pendingWeight = 0;
    const known = await this.#lookUp(batch);
    const differing = batch.flatMap((pending, index) => {
      const stored = known.get(index);
      if (stored !== undefined && stored.content !== null) this.#markLive(pending.partition.id, stored.id);
      return stored?.content === pending.staged.contentHash ? [] : [{ ...pending, stored }];
    });
    if (differing.length === 0) return;
    await this.#ensureTables();
    const newIds = await this.#newIds(differing.filter(({ stored }) => stored === undefined).length);
    const rows = differing.map(({ partition, staged, stored }) => {
      if (stored === undefined || stored.content === null) this.#becameLive += 1;
      return { partition, staged, isNew: stored === undefined, id: stored?.id ?? takeId(newIds) };
    });
    this.#changed += rows.length;
    await this.#tx.copyIn('staged_advisory', ADVISORY_COLUMNS, rows.map(advisoryRow));
    await this.#tx.copyIn(
      'staged_affected',
      AFFECTED_COLUMNS,
      rows.flatMap(({ id, staged }) => staged.affected.map((affected) => affectedRow(id, affected))),
    );
  }

  async #lookUp(batch: readonly Pending[]): Promise<ReadonlyMap<number, KnownAdvisory>> {
    if (batch.every(({ partition }) => partition.isNew)) return new Map();
    const rows = await this.#tx.query<KnownAdvisory>(
      `select (q.ordinal - 1)::int as ordinal, a.id, a.content
         from unnest($1::int[], $2::text[]) with ordinality q(partition, key, ordinal)
         join matcher.advisory a on a.partition = q.partition and a.key = q.key`,
      [batch.map(({ partition }) => partition.id), batch.map(({ staged }) => staged.advisory.key)],
    );
    return new Map(rows.map((row) => [row.ordinal, row]));
  }

  #markLive(partition: number, advisory: number): void {
    const ids = this.#stillLive.get(partition);
    if (ids === undefined) this.#stillLive.set(partition, [advisory]);
    else ids.push(advisory);
  }

  /** Partitions that still have every advisory they had are known by the count alone, and cost no more than that. */
  async #stageEnded(partitions: readonly number[]): Promise<number> {
    if (partitions.length === 0) return 0;
    const counts = await this.#tx.query<{ partition: number; live: number }>(
      `select partition, count(*) as live from matcher.advisory
        where partition = any($1::int[]) and content is not null group by partition`,
      [partitions],
    );
    const shrunk = counts
      .filter(({ partition, live }) => live > (this.#stillLive.get(partition)?.length ?? 0))
      .map(({ partition }) => partition);
    if (shrunk.length === 0) return 0;
    await this.#ensureTables();
    const seen = shrunk.flatMap((partition) => this.#stillLive.get(partition) ?? []);
    await this.#tx.copyIn(
      'staged_seen',
      ['advisory'],
      seen.map((id) => [id]),
    );
    await this.#tx.execute('analyze staged_seen');
    return this.#tx.execute(
      `insert into staged_ended (advisory)
       select a.id from matcher.advisory a
        where a.partition = any($1::int[]) and a.content is not null
          and not exists (select from staged_seen s where s.advisory = a.id)`,
      [shrunk],
    );
  }

  /** Keys that are not there, or have ended before, are nothing to do. */
  async #stageEndedKeys(partition: number, keys: readonly string[]): Promise<number> {
    if (keys.length === 0) return 0;
    const live = await this.#tx.query<{ id: number }>(
      `select a.id from matcher.advisory a
        where a.partition = $1 and a.key = any($2::text[]) and a.content is not null`,
      [partition, keys],
    );
    if (live.length === 0) return 0;
    await this.#ensureTables();
    await this.#tx.copyIn(
      'staged_ended',
      ['advisory'],
      live.map(({ id }) => [id]),
    );
    return live.length;
  }

  async #ensureTables(): Promise<void> {
    if (this.#hasTables) return;
    await this.#tx.execute(TABLES);
    this.#hasTables = true;
  }

  async #newIds(count: number): Promise<number[]> {
    if (count === 0) return [];
    const rows = await this.#tx.query<{ id: number }>(
      `select nextval('matcher.advisory_id_seq') as id from generate_series(1, $1::int)`,
      [count],
    );
    return rows.map((row) => row.id).reverse();
  }

  /** Nobody else analyses a temporary table, and without it the planner takes a million rows for a thousand. */
  async #analyze(): Promise<void> {
    await this.#tx.execute('analyze staged_advisory, staged_affected, staged_ended');
  }
}

function takeId(ids: number[]): number {
  const id = ids.pop();
  if (id === undefined) throw new Error('nextval returned too few rows');
  return id;
}

function advisoryRow(row: {
  readonly id: number;
  readonly isNew: boolean;
  readonly partition: NamedPartition;
  readonly staged: StagedAdvisory;
}): CopyRow {
  const { advisory, contentHash, documentHash } = row.staged;
  return [
    ...[row.id, row.isNew, row.partition.id, contentHash, documentHash],
    ...[advisory.key, advisory.name, advisory.description, advisory.issued],
    ...[advisory.links, advisory.aliases, advisory.upstream, advisory.cvss, advisory.weaknesses],
  ];
}

function affectedRow(advisory: number, row: StagedAffected): CopyRow {
  const codes = toCodes(row);
  return [
    ...[
      advisory,
      codes.packageKind,
      codes.status,
      codes.fixState,
      codes.normalized,
      row.hash,
      row.namespace,
      row.package,
    ],
    ...[
      row.scheme,
      row.severity,
      row.range.introduced || null,
      row.range.fixed || null,
      row.range.lastAffected || null,
    ],
    ...[row.module || null, row.arches.length === 0 ? null : row.arches, row.cpe || null, row.bulletin || null],
  ];
}
