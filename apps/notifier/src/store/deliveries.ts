import type { Database } from '@clair/postgres';
import type { DeliveryOutcome } from '../delivery/outcome.ts';

export const DELIVERY_STATES = ['pending', 'delivered', 'dead'] as const;

export type DeliveryState = (typeof DELIVERY_STATES)[number];

export type DeliveryTarget = 'webhook' | 'nats' | 'subscription';

/** One set owed to one target, or what of one or more sets is owed to a subscription. */
export interface StoredDelivery {
  readonly id: string;
  /** `null` for a subscription's. */
  readonly setId: string | null;
  readonly target: DeliveryTarget;
  readonly subscription: { readonly id: string; readonly name: string } | null;
  readonly createdAt: Date;
  readonly state: DeliveryState;
  /** Attempts that came to an end; one that died with its process is not counted. */
  readonly attempts: number;
  readonly lastError: string;
  readonly nextAttemptAt: Date;
}

/** A delivery that this process alone may attempt until the claim ends. */
export interface ClaimedDelivery {
  readonly id: string;
  /** Of the configuration's webhook. */
  readonly setId?: string;
  /** Of a subscription. */
  readonly subscriptionId?: string;
  readonly attempts: number;
  readonly claim: string;
}

export interface ClaimRequest {
  readonly claim: string;
  readonly limit: number;
  readonly nowMs: number;
  /** After this long the claim of a process that died is void. */
  readonly visibilityMs: number;
}

/** Claims the deliveries to the configuration's webhook that are longest due; replicas skip each other's. */
export function claimForWebhook(db: Database, request: ClaimRequest): Promise<ClaimedDelivery[]> {
  const s = db.schema;
  const sql = `
update ${s}.delivery d set claim = $1, claimed_until = $2
from (
  select due.id from ${s}.delivery due join ${s}.notification_set on notification_set.id = due.set_id
  where due.target = 'webhook' and due.state = 'pending' and due.next_attempt_at <= $3
    and (due.claimed_until is null or due.claimed_until <= $3) and notification_set.deleted_at is null
  order by due.next_attempt_at, due.id limit $4
  for update of due skip locked
) due
where d.id = due.id
returning d.id, d.set_id as "setId", d.attempts, d.claim`;
  const { claim, limit, nowMs, visibilityMs } = request;
  return db.query<ClaimedDelivery>(sql, [claim, new Date(nowMs + visibilityMs), new Date(nowMs), limit]);
}

/** Records what came of an attempt. Does nothing, and says so, when the claim ran out and somebody else took over. */
export async function finishAttempt(
  db: Database,
  delivery: ClaimedDelivery,
  { outcome, nowMs }: { readonly outcome: DeliveryOutcome; readonly nowMs: number },
): Promise<{ readonly recorded: boolean }> {
  const sql = `
update ${db.schema}.delivery
set attempts = attempts + 1, claim = null, claimed_until = null, state = $3, last_error = $4, next_attempt_at = $5, finished_at = $6
where id = $1 and claim = $2 and state = 'pending'`;
  const state: DeliveryState = outcome.kind === 'retry' ? 'pending' : outcome.kind;
  const values = [
    delivery.id,
    delivery.claim,
    state,
    outcome.kind === 'delivered' ? '' : outcome.error,
    new Date(nowMs + (outcome.kind === 'retry' ? outcome.waitMs : 0)),
    outcome.kind === 'retry' ? null : new Date(nowMs),
  ];
  return { recorded: (await db.execute(sql, values)) > 0 };
}

/** Gives claims back untried, as a process does when it is told to stop. */
export async function releaseClaims(db: Database, claim: string): Promise<void> {
  await db.execute(`update ${db.schema}.delivery set claim = null, claimed_until = null where claim = $1`, [claim]);
}

/** When the next delivery to the webhook is due or its claim runs out, in epoch ms; `undefined` when none is pending. */
export async function nextDueForWebhookMs(db: Database): Promise<number | undefined> {
  const sql = `
select min(greatest(next_attempt_at, coalesce(claimed_until, next_attempt_at))) as due
from ${db.schema}.delivery join ${db.schema}.notification_set on notification_set.id = delivery.set_id
where target = 'webhook' and state = 'pending' and deleted_at is null`;
  const [row] = await db.query<{ readonly due: Date | null }>(sql);
  return row?.due?.getTime();
}

/**
 * Ends what is owed to the webhook, has been due since before `dueBeforeMs` and is in nobody's hand; it can be replayed.
 * Resolves to their number.
 */
export function giveUpWebhook(
  db: Database,
  { dueBeforeMs, nowMs, error }: { readonly dueBeforeMs: number; readonly nowMs: number; readonly error: string },
): Promise<number> {
  return db.execute(
    `update ${db.schema}.delivery
     set state = 'dead', last_error = $3, finished_at = $2, claim = null, claimed_until = null
     where target = 'webhook' and state = 'pending' and next_attempt_at < $1 and (claimed_until is null or claimed_until <= $2)`,
    [new Date(dueBeforeMs), new Date(nowMs), error],
  );
}

/** Records an attempt to say the set's event on the bus. The outbox retries without end, so a failure leaves it pending. */
export async function recordPublished(
  db: Database,
  setId: string,
  { error, nowMs }: { readonly error: string | undefined; readonly nowMs: number },
): Promise<void> {
  const state: DeliveryState = error === undefined ? 'delivered' : 'pending';
  await db.execute(
    `update ${db.schema}.delivery set attempts = attempts + 1, state = $2, last_error = $3, next_attempt_at = $4, finished_at = $5
     where set_id = $1 and target = 'nats' and state = 'pending'`,
    [setId, state, error ?? '', new Date(nowMs), error === undefined ? new Date(nowMs) : null],
  );
}

export interface DeliveryQuery {
  readonly state: DeliveryState | undefined;
  readonly subscriptionId: string | undefined;
  readonly limit: number;
}

/** The newest deliveries, of one state and subscription or of all. */
export function listDeliveries(db: Database, query: DeliveryQuery): Promise<StoredDelivery[]> {
  return db.query<StoredDelivery>(
    `select d.id, set_id as "setId", d.target, state, attempts, last_error as "lastError", next_attempt_at as "nextAttemptAt",
       d.created_at as "createdAt", case when s.id is not null then jsonb_build_object('id', s.id, 'name', s.name) end as subscription
     from ${db.schema}.delivery d left join ${db.schema}.subscription s on s.id = d.subscription_id
     where ($1::text is null or state = $1) and ($2::uuid is null or subscription_id = $2)
     order by d.created_at desc, d.id limit $3`,
    [query.state ?? null, query.subscriptionId ?? null, query.limit],
  );
}
