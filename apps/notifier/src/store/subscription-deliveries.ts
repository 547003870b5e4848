import type { Database, Transaction } from '@clair/postgres';
import { filterCondition } from '../subscription/filter-condition.ts';
import type { Subscription, SubscriptionFilter, SubscriptionTarget } from '../subscription/subscription.ts';
import type { ClaimedDelivery, ClaimRequest } from './deliveries.ts';
import { type Condition, loadPage, type NotificationPage, type Selection } from './pages.ts';

/** Attempts of one subscription at once, in all replicas: one that never answers holds up nobody else. */
const ATTEMPTS_EACH = 2;

/**
 * Whether a subscription is *failing*: one of its pending deliveries has been attempted in vain. Each standing has attempts of its own,
 * so that those who do not answer take none of those who do.
 */
export type Standing = 'steady' | 'failing';

/** Claims the deliveries of active subscriptions of this standing that are longest due; replicas skip each other's. */
export function claimForSubscriptions(
  db: Database,
  standing: Standing,
  request: ClaimRequest,
): Promise<ClaimedDelivery[]> {
  const s = db.schema;
  const sql = `
update ${s}.delivery d set claim = $1, claimed_until = $2
from (
  select next.id from ${s}.subscription s cross join lateral (
    select due.id, due.next_attempt_at from ${s}.delivery due
    where due.subscription_id = s.id and due.state = 'pending' and due.next_attempt_at <= $3
      and (due.claimed_until is null or due.claimed_until <= $3)
    order by due.next_attempt_at, due.id
    limit greatest(0, ${ATTEMPTS_EACH} - (
      select count(*) from ${s}.delivery busy
      where busy.subscription_id = s.id and busy.state = 'pending' and busy.claimed_until > $3))
    for update of due skip locked
  ) next
  where s.disabled_reason is null and ${standing === 'failing' ? '' : 'not'} exists (
    select from ${s}.delivery failed where failed.subscription_id = s.id and failed.state = 'pending' and failed.attempts > 0)
  order by next.next_attempt_at limit $4
) due
where d.id = due.id
returning d.id, d.subscription_id as "subscriptionId", d.attempts, d.claim`;
  const { claim, limit, nowMs, visibilityMs } = request;
  return db.query<ClaimedDelivery>(sql, [claim, new Date(nowMs + visibilityMs), new Date(nowMs), limit]);
}

/**
 * When there is something to claim next, in epoch ms: a delivery of an active subscription of this standing is due, or a claim
 * runs out. Of a subscription that has all the attempts it may, nothing can be claimed before that.
 */
export async function nextDueForSubscriptionsMs(
  db: Database,
  standing: Standing,
  nowMs: number,
): Promise<number | undefined> {
  const s = db.schema;
  const sql = `
select min(case when busy < ${ATTEMPTS_EACH} then least(next_due, claim_end) else claim_end end) as due
from (
  select count(*) filter (where claimed_until > $1) as busy, min(claimed_until) filter (where claimed_until > $1) as claim_end,
    min(next_attempt_at) filter (where claimed_until is null or claimed_until <= $1) as next_due
  from ${s}.delivery join ${s}.subscription on subscription.id = delivery.subscription_id
  where state = 'pending' and disabled_reason is null
  group by subscription_id
  having bool_or(attempts > 0) = $2
) each`;
  const [row] = await db.query<{ readonly due: Date | null }>(sql, [new Date(nowMs), standing === 'failing']);
  return row?.due?.getTime();
}

/** All that a message to a subscriber is made of. */
export interface OwedMessage {
  readonly deliveryId: string;
  readonly subscription: Pick<Subscription, 'id' | 'name' | 'secretGeneration' | 'previousSecretUntil'> & {
    readonly target: SubscriptionTarget;
  };
  /** When the sets were made; of a digest, when its window ended. */
  readonly at: Date;
  /** How many notifications there are. */
  readonly count: number;
  /** How often it was delivered anew because somebody wanted that. */
  readonly replays: number;
}

export async function loadOwedMessage(db: Database, deliveryId: string): Promise<OwedMessage | undefined> {
  const s = db.schema;
  const sql = `
select d.id as "deliveryId", d.replays, coalesce(d.window_end, d.created_at) as at,
  jsonb_build_object('id', s.id, 'name', s.name, 'target', s.target, 'secretGeneration', s.secret_generation) as subscription,
  s.previous_secret_until as "previousSecretUntil",
  (select coalesce(sum(matched), 0)::bigint from ${s}.delivered_set where delivery_id = d.id) as count
from ${s}.delivery d join ${s}.subscription s on s.id = d.subscription_id where d.id = $1`;
  type Row = OwedMessage & { readonly previousSecretUntil: Date | null };
  const [row] = await db.query<Row>(sql, [deliveryId]);
  if (row === undefined) return undefined;
  const { previousSecretUntil, ...owed } = row;
  return {
    ...owed,
    subscription: { ...owed.subscription, previousSecretUntil: previousSecretUntil ?? undefined },
  };
}

export interface OwedPageRequest {
  readonly deliveryId: string;
  readonly afterId?: string;
  readonly limit: number;
  readonly bytesMax?: number;
}

interface OwedRow {
  readonly filter: SubscriptionFilter;
  readonly manifest: string | null;
  readonly setIds: readonly string[];
}

/**
 * One page of the notifications of a delivery to a subscription; `undefined` when there is no such delivery (any more): an
 * empty page would say that the pages before were all.
 */
export function loadOwedPage(db: Database, page: OwedPageRequest): Promise<NotificationPage | undefined> {
  // Of one snapshot: the delivery may be collected between the two statements, and then its content.
  return db.transaction((tx) => owedPage(tx, page), { isolation: 'repeatable read', readOnly: true });
}

async function owedPage(tx: Transaction, page: OwedPageRequest): Promise<NotificationPage | undefined> {
  const owed = await loadOwed(tx, page.deliveryId);
  if (owed === undefined) return undefined;
  const { deliveryId: _, ...rest } = page;
  return loadPage(tx, { ...rest, ...owed });
}

/** Which notifications a delivery to a subscription is about; `undefined` when there is no such delivery (any more). */
export async function loadOwed(tx: Transaction, deliveryId: string): Promise<Selection | undefined> {
  const s = tx.schema;
  const sql = `
select filter, manifest, array(select set_id::text from ${s}.delivered_set where delivery_id = d.id order by set_id) as "setIds"
from ${s}.delivery d where id = $1 and subscription_id is not null`;
  const [owed] = await tx.query<OwedRow>(sql, [deliveryId]);
  return owed && { setIds: owed.setIds, where: owedCondition(owed) };
}

function owedCondition({ filter, manifest }: OwedRow): Condition {
  const filtered = filterCondition(filter);
  if (manifest === null) return filtered;
  return (schema, parameter) => `${filtered(schema, parameter)} and n.manifest = ${parameter(manifest)}`;
}

/** A delivery that came to an end is owed anew, with all its attempts: they are one more replay of it. */
export async function replayDelivery(
  db: Database,
  id: string,
  nowMs: number,
): Promise<'replayed' | 'unknown' | 'pending' | 'not-replayable'> {
  const s = db.schema;
  const sql = `
update ${s}.delivery set state = 'pending', attempts = 0, replays = replays + 1, next_attempt_at = $2, finished_at = null,
  claim = null, claimed_until = null
where id = $1 and state in ('dead', 'delivered') and target <> 'nats'`;
  if ((await db.execute(sql, [id, new Date(nowMs)])) > 0) return 'replayed';
  const [row] = await db.query<{ readonly state: string }>(`select state from ${s}.delivery where id = $1`, [id]);
  if (row === undefined) return 'unknown';
  return row.state === 'pending' ? 'pending' : 'not-replayable';
}
