import type { Transaction } from '@clair/postgres';

/** What an update says of a partition. */
export interface PartitionFacts {
  readonly name: string;
  readonly fingerprint: string;
  readonly namespaces: readonly string[];
  readonly rejected: number;
  readonly removed: boolean;
}

/** A partition that an update names. */
export interface NamedPartition {
  readonly id: number;
  /** Not stored before this update. */
  readonly isNew: boolean;
  /** Stored, and not removed: there is something that changes can be changes of. */
  readonly isHeld: boolean;
  /** What was stored before this update; empty when nothing was. */
  readonly fingerprint: string;
  /** Its count of rejected records before this update. */
  readonly rejected: number;
}

interface StoredPartition extends PartitionFacts {
  readonly id: number;
}

const IDS_PER_REQUEST = 64;

/** The partitions of one feed during one update. Only the holder of the feed's lock may use it. */
export class PartitionBook {
  readonly #tx: Transaction;
  readonly #feed: string;
  #stored: ReadonlyMap<string, StoredPartition> | undefined;
  #freeIds: number[] = [];

  constructor(tx: Transaction, feed: string) {
    this.#tx = tx;
    this.#feed = feed;
  }

  /** The id under which the partition is stored, or will be. */
  async identify(name: string): Promise<NamedPartition> {
    const stored = await this.#load();
    const known = stored.get(name);
    if (known === undefined) {
      return { id: await this.#nextId(), isNew: true, isHeld: false, fingerprint: '', rejected: 0 };
    }
    const { id, removed, fingerprint, rejected } = known;
    return { id, isNew: false, isHeld: !removed, fingerprint, rejected };
  }

  /** Writes the partitions that are new or not as stored, and no other. Returns how many those were. */
  async save(partitions: ReadonlyMap<number, PartitionFacts>): Promise<number> {
    if (partitions.size === 0) return 0;
    const stored = await this.#load();
    const differing = [...partitions].filter(([, facts]) => !sameFacts(facts, stored.get(facts.name)));
    if (differing.length === 0) return 0;
    // A list of lists cannot be an array parameter, because the inner ones differ in length: hence JSON.
    const rows = differing.map(([id, facts]) => ({ id, ...facts }));
    return this.#tx.execute(
      `insert into matcher.partition (id, feed, name, fingerprint, namespaces, rejected, removed)
       select p.id, $1, p.name, p.fingerprint, array(select jsonb_array_elements_text(p.namespaces)), p.rejected, p.removed
         from jsonb_to_recordset($2::jsonb)
           as p(id integer, name text, fingerprint text, namespaces jsonb, rejected bigint, removed boolean)
       on conflict (id) do update set fingerprint = excluded.fingerprint, namespaces = excluded.namespaces,
         rejected = excluded.rejected, removed = excluded.removed`,
      [this.#feed, JSON.stringify(rows)],
    );
  }

  async #load(): Promise<ReadonlyMap<string, StoredPartition>> {
    if (this.#stored !== undefined) return this.#stored;
    const rows = await this.#tx.query<StoredPartition>(
      'select id, name, fingerprint, namespaces, rejected, removed from matcher.partition where feed = $1',
      [this.#feed],
    );
    this.#stored = new Map(rows.map((row) => [row.name, row]));
    return this.#stored;
  }

  async #nextId(): Promise<number> {
    if (this.#freeIds.length === 0) {
      const rows = await this.#tx.query<{ id: number }>(
        `select nextval('matcher.partition_id_seq') as id from generate_series(1, $1::int)`,
        [IDS_PER_REQUEST],
      );
      this.#freeIds = rows.map((row) => row.id).reverse();
    }
    const id = this.#freeIds.pop();
    if (id === undefined) throw new Error('nextval returned no row');
    return id;
  }
}

function sameFacts(facts: PartitionFacts, stored: PartitionFacts | undefined): boolean {
  return (
    stored !== undefined &&
    facts.fingerprint === stored.fingerprint &&
    facts.rejected === stored.rejected &&
    facts.removed === stored.removed &&
    facts.namespaces.length === stored.namespaces.length &&
    facts.namespaces.every((namespace, index) => namespace === stored.namespaces[index])
  );
}
