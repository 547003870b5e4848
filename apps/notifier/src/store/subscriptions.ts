import { randomUUID } from 'node:crypto';
import { invariant } from '@clair/model';
import type { Database, Queryable } from '@clair/postgres';
import type { Subscription, SubscriptionSpec } from '../subscription/subscription.ts';

const COLUMNS = `id, name, target, filter, digest, disabled_reason as "disabledReason",
  secret_generation as "secretGeneration", previous_secret_until as "previousSecretUntil", created_at as "createdAt"`;

/** PostgreSQL's unique_violation. */
const UNIQUE_VIOLATION = '23505';

type Row = { readonly [K in keyof Subscription]: Exclude<Subscription[K], undefined> | null };

function subscriptionOf(row: Row): Subscription {
  const { digest, disabledReason, previousSecretUntil, ...rest } = row;
  return {
    ...rest,
    digest: digest ?? undefined,
    disabledReason: disabledReason ?? undefined,
    previousSecretUntil: previousSecretUntil ?? undefined,
  } as Subscription; // Safety: every column that may be null is taken apart above.
}

/** What a subscriber is told of one that was disabled by hand. */
const BY_HAND = 'disabled by a request';

function specValues({ name, target, filter, digest, disabled }: SubscriptionSpec): unknown[] {
  return [name, target, filter, digest ?? null, disabled ? BY_HAND : null];
}

type Written = Subscription | 'name-taken';

async function unlessTaken<T>(write: () => Promise<T>): Promise<T | 'name-taken'> {
  try {
    return await write();
  } catch (error) {
    if (Reflect.get(Object(error), 'code') === UNIQUE_VIOLATION) return 'name-taken';
    throw error;
  }
}

function only(rows: readonly Subscription[]): Subscription {
  const [row] = rows;
  invariant(row !== undefined, 'an insert returns its row');
  return row;
}

export async function insertSubscription(db: Database, spec: SubscriptionSpec, nowMs: number): Promise<Written> {
  const sql = `insert into ${db.schema}.subscription (id, name, target, filter, digest, disabled_reason, created_at)
    values ($6, $1, $2, $3, $4, $5, $7) returning ${COLUMNS}`;
  const values = [...specValues(spec), randomUUID(), new Date(nowMs)];
  const rows = await unlessTaken(() => db.query<Row>(sql, values));
  return rows === 'name-taken' ? rows : only(rows.map(subscriptionOf));
}

export interface Updated {
  readonly subscription: Subscription;
  /** It goes to a webhook that has a secret of its own from now on, which nobody was told. */
  readonly hasNewSecret: boolean;
}

/**
 * Replaces what is asked for; what is owed already keeps the filter that it was owed under. A webhook in the place of a subject has
 * another secret than the one that was there before the subject: it may be somebody else's.
 */
export async function updateSubscription(
  db: Database,
  id: string,
  spec: SubscriptionSpec,
): Promise<Updated | 'name-taken' | undefined> {
  const s = db.schema;
  // A subscription that stays disabled keeps its reason.
  const sql = `
with before as (
  select target->>'kind' = 'nats' and $2::jsonb->>'kind' = 'webhook' as turned from ${s}.subscription where id = $6 for update
)
update ${s}.subscription set name = $1, target = $2, filter = $3, digest = $4,
  disabled_reason = case when $5::text is null then null else coalesce(disabled_reason, $5) end,
  secret_generation = secret_generation + turned::integer,
  previous_secret_until = case when not turned then previous_secret_until end
from before where id = $6 returning ${COLUMNS}, turned as "hasNewSecret"`;
  const values = [...specValues(spec), id];
  const rows = await unlessTaken(() => db.query<Row & { readonly hasNewSecret: boolean }>(sql, values));
  if (rows === 'name-taken') return rows;
  return rows.map(({ hasNewSecret, ...row }) => ({ subscription: subscriptionOf(row), hasNewSecret }))[0];
}

/** All of them, by name. */
export async function listSubscriptions(db: Queryable & { readonly schema: string }): Promise<Subscription[]> {
  const rows = await db.query<Row>(`select ${COLUMNS} from ${db.schema}.subscription order by name`);
  return rows.map(subscriptionOf);
}

export async function loadSubscription(db: Database, id: string): Promise<Subscription | undefined> {
  const rows = await db.query<Row>(`select ${COLUMNS} from ${db.schema}.subscription where id = $1`, [id]);
  return rows.map(subscriptionOf)[0];
}

export async function countSubscriptions(db: Database): Promise<number> {
  const [row] = await db.query<{ readonly count: number }>(`select count(*) as count from ${db.schema}.subscription`);
  return row?.count ?? 0;
}

/** Its deliveries go with it. */
export async function deleteSubscription(db: Database, id: string): Promise<{ readonly existed: boolean }> {
  return { existed: (await db.execute(`delete from ${db.schema}.subscription where id = $1`, [id])) > 0 };
}

/** The next generation of its secret holds; the one before is valid until then. */
export async function rotateSecret(
  db: Database,
  id: string,
  previousUntilMs: number,
): Promise<Subscription | undefined> {
  const sql = `update ${db.schema}.subscription set secret_generation = secret_generation + 1, previous_secret_until = $2
    where id = $1 returning ${COLUMNS}`;
  const rows = await db.query<Row>(sql, [id, new Date(previousUntilMs)]);
  return rows.map(subscriptionOf)[0];
}

/** Nothing more is made for it, and what it was owed is given up, to be replayed when it is wanted again. */
export async function disableSubscription(
  db: Database,
  id: string,
  { reason, nowMs }: { readonly reason: string; readonly nowMs: number },
): Promise<void> {
  await db.transaction(async (tx) => {
    const s = tx.schema;
    await tx.execute(`update ${s}.subscription set disabled_reason = $2 where id = $1 and disabled_reason is null`, [
      id,
      reason,
    ]);
    await tx.execute(
      `update ${s}.delivery set state = 'dead', last_error = $2, finished_at = $3, claim = null, claimed_until = null
       where subscription_id = $1 and state = 'pending'`,
      [id, reason, new Date(nowMs)],
    );
  });
}
