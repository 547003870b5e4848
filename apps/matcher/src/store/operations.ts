import type { Queryable, Transaction } from '@clair/postgres';

/** One applied change of a feed. */
export interface StoredOperation {
  readonly id: number;
  readonly ref: string;
  readonly feed: string;
  readonly fingerprint: string;
  readonly date: Date;
  readonly firstLoad: boolean;
  /** The first load of a feed, or of a namespace that it did not speak for before, is in it. */
  readonly loadsNamespaces: boolean;
  /** What the feed says: advisories, or what is known of flaws. */
  readonly kind: 'vulnerability' | 'enrichment';
}

/** A feed is of one kind. */
const COLUMNS = `id, ref, feed, fingerprint, date, first_load as "firstLoad",
  first_load or id in (select operation from matcher.claimed_namespace) as "loadsNamespaces",
  case when feed in (select p.feed from matcher.partition p
                      where exists (select from matcher.enrichment e where e.partition = p.id))
       then 'enrichment' else 'vulnerability' end as kind`;

/**
 * The number of a new operation. The counter stays locked until the transaction ends: numbers become visible in their
 * order and without gaps, so whoever has read operation N will never see a lower one appear. Take it as late as possible.
 */
export async function nextOperation(tx: Transaction): Promise<number> {
  const rows = await tx.query<{ last: number }>('update matcher.operation_counter set last = last + 1 returning last');
  const row = rows[0];
  if (row === undefined) throw new Error('matcher.operation_counter has no row');
  return row.last;
}

/** The newest operation of all feeds; 0 before the first. */
export async function newestOperation(db: Queryable): Promise<number> {
  const rows = await db.query<{ last: number }>('select last from matcher.operation_counter');
  return rows[0]?.last ?? 0;
}

export interface NewOperation {
  readonly id: number;
  readonly feed: string;
  readonly fingerprint: string;
  readonly dateMs: number;
  readonly firstLoad: boolean;
}

export async function insertOperation(tx: Transaction, operation: NewOperation): Promise<number> {
  return tx.execute(
    `insert into matcher.update_operation (id, feed, fingerprint, date, first_load)
     values ($1, $2, $3, to_timestamp($4::float8 / 1000), $5)`,
    [operation.id, operation.feed, operation.fingerprint, operation.dateMs, operation.firstLoad],
  );
}

export interface OperationList {
  /** Only the newest of each feed. */
  readonly latest: boolean;
  readonly includeDeleted: boolean;
}

/** Newest first. */
export async function listOperations(
  db: Queryable,
  { latest, includeDeleted }: OperationList,
): Promise<StoredOperation[]> {
  return db.query<StoredOperation>(
    latest
      ? `select ${COLUMNS} from matcher.update_operation where id in (
           select max(id) from matcher.update_operation where $1 or not deleted group by feed) order by id desc`
      : `select ${COLUMNS} from matcher.update_operation where $1 or not deleted order by id desc`,
    [includeDeleted],
  );
}

/** The operation of that UUID, unless it was deleted. */
export async function findOperation(db: Queryable, ref: string): Promise<StoredOperation | undefined> {
  const rows = await db.query<StoredOperation>(
    `select ${COLUMNS} from matcher.update_operation where ref = $1::uuid and not deleted`,
    [ref],
  );
  return rows[0];
}

/** Idempotent. The row stays until retention takes it: the history needs to know what was a first load. */
export async function deleteOperation(db: Queryable, ref: string): Promise<boolean> {
  const rows = await db.execute(
    'update matcher.update_operation set deleted = true where ref = $1::uuid and not deleted',
    [ref],
  );
  return rows > 0;
}
