import type { Enrichment } from '@clair/model';
import { type CopyRow, storableText, type Transaction } from '@clair/postgres';
import type { NamedPartition } from './partitions.ts';
import { type RisenFlaw, risenFlaws } from './risen-flaws.ts';
import type { PartitionEnd } from './staging.ts';

const BATCH = 5_000;
const COLUMNS = ['partition', 'key', 'flaw', 'facts'];

/** What an update changed of the enrichments. */
export interface EnrichmentChange {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  /** Those of which the risk has risen. */
  readonly risen: readonly RisenFlaw[];
}

const NOTHING: EnrichmentChange = { added: 0, changed: 0, removed: 0, risen: [] };

/**
 * The enrichments of an update: copied to a temporary table, of which only what differs is written. EPSS changes nearly all of its
 * 360,000 rows every day.
 */
export class EnrichmentStaging {
  readonly #tx: Transaction;
  #pending: CopyRow[] = [];
  #hasTable = false;

  constructor(tx: Transaction) {
    this.#tx = tx;
  }

  /** The caller adds each (partition, key) once. */
  async add(partition: NamedPartition, { key, flaw, facts }: Enrichment): Promise<void> {
    this.#pending.push([partition.id, storableText(key), storableText(flaw), storableText(JSON.stringify(facts))]);
    if (this.#pending.length >= BATCH) await this.#flush();
  }

  /** After the partitions themselves are stored. What is neither added nor ended stays as it is. */
  async finish(ends: readonly PartitionEnd[]): Promise<EnrichmentChange> {
    const stored = ends.filter(({ partition }) => !partition.isNew);
    if (!this.#hasTable && this.#pending.length === 0 && !(await this.#holdsAny(stored))) return NOTHING;
    await this.#ensureTable();
    await this.#flush();
    await this.#tx.execute('analyze staged_enrichment');
    const risen = await risenFlaws(this.#tx);
    const removed = await this.#remove(stored);
    const written = await this.#tx.query<{ readonly is_new: boolean }>(
      `insert into matcher.enrichment as e (partition, key, flaw, facts)
       select partition, key, flaw, facts::jsonb from staged_enrichment
       on conflict (partition, key) do update set flaw = excluded.flaw, facts = excluded.facts
        where e.facts <> excluded.facts or e.flaw <> excluded.flaw
       returning xmax = 0 as is_new`,
    );
    const added = written.filter((row) => row.is_new).length;
    return { added, changed: written.length - added, removed, risen };
  }

  /** A feed of advisories costs one look at an index. */
  async #holdsAny(ends: readonly PartitionEnd[]): Promise<boolean> {
    if (ends.length === 0) return false;
    const rows = await this.#tx.query('select from matcher.enrichment where partition = any($1::int[]) limit 1', [
      ends.map(({ partition }) => partition.id),
    ]);
    return rows.length > 0;
  }

  async #remove(ends: readonly PartitionEnd[]): Promise<number> {
    const whole = ends.filter(({ keys }) => keys === 'all-others').map(({ partition }) => partition.id);
    let removed = await this.#tx.execute(
      `delete from matcher.enrichment e where e.partition = any($1::int[])
          and not exists (select from staged_enrichment s where s.partition = e.partition and s.key = e.key)`,
      [whole],
    );
    for (const { partition, keys } of ends) {
      if (keys === 'all-others' || keys.length === 0) continue;
      removed += await this.#tx.execute(
        'delete from matcher.enrichment where partition = $1 and key = any($2::text[])',
        [partition.id, keys],
      );
    }
    return removed;
  }

  async #flush(): Promise<void> {
    const rows = this.#pending;
    if (rows.length === 0) return;
    this.#pending = [];
    await this.#ensureTable();
    await this.#tx.copyIn('staged_enrichment', COLUMNS, rows);
  }

  async #ensureTable(): Promise<void> {
    if (this.#hasTable) return;
    await this.#tx.execute(
      `create temp table staged_enrichment (
         partition integer not null, key text not null, flaw text not null, facts text not null
       ) on commit drop`,
    );
    this.#hasTable = true;
  }
}
