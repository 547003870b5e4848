import type { Database } from '@clair/postgres';
import type { DeliveryOutcome } from '../delivery/outcome.ts';

export const DELIVERY_STATES = ['pending', 'delivered', 'dead'] as const;

export type DeliveryState = (typeof DELIVERY_STATES)[number];

export type DeliveryTarget = 'webhook' | 'nats';

/** One set owed to one target. */
export interface StoredDelivery {
  readonly id: string;
  readonly setId: string;
  readonly target: DeliveryTarget;
  readonly state: DeliveryState;
  /** Attempts that came to an end; one that died with its process is not counted. */
  readonly attempts: number;
  readonly lastError: string;
  readonly nextAttemptAt: Date;
}

/** A delivery that this process alone may attempt until the claim ends. */
export interface ClaimedDelivery {
  readonly id: string;
  readonly setId: string;
  readonly attempts: number;
  readonly claim: string;
}

export interface ClaimRequest {
  readonly target: DeliveryTarget;
  readonly claim: string;
  readonly limit: number;
  readonly nowMs: number;
  /** After this long the claim of a process that died is void. */
  readonly visibilityMs: number;
}

/** Claims the deliveries that are longest due; replicas skip each other's. */
export function claimDeliveries(db: Database, request: ClaimRequest): Promise<ClaimedDelivery[]> {
  const s = db.schema;
  const sql = `
update ${s}.delivery d set claim = $1, claimed_until = $2
from (
  select due.id from ${s}.delivery due join ${s}.notification_set on notification_set.id = due.set_id
  where due.target = $3 and due.state = 'pending' and due.next_attempt_at <= $4
    and (due.claimed_until is null or due.claimed_until <= $4) and notification_set.deleted_at is null
  order by due.next_attempt_at, due.id limit $5
  for update of due skip locked
) due
where d.id = due.id
returning d.id, d.set_id as "setId", d.attempts, d.claim`;
  const { claim, target, limit, nowMs, visibilityMs } = request;
  return db.query<ClaimedDelivery>(sql, [claim, new Date(nowMs + visibilityMs), target, new Date(nowMs), limit]);
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

/** When the next delivery to `target` is due or its claim runs out, in epoch ms; `undefined` when none is pending. */
export async function nextDueMs(db: Database, target: DeliveryTarget): Promise<number | undefined> {
  const sql = `
select min(greatest(next_attempt_at, coalesce(claimed_until, next_attempt_at))) as due
from ${db.schema}.delivery join ${db.schema}.notification_set on notification_set.id = delivery.set_id
where target = $1 and state = 'pending' and deleted_at is null`;
  const [row] = await db.query<{ readonly due: Date | null }>(sql, [target]);
  return row?.due?.getTime();
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

/** The newest deliveries, of one state or of all. */
export function listDeliveries(
  db: Database,
  { state, limit }: { readonly state: DeliveryState | undefined; readonly limit: number },
): Promise<StoredDelivery[]> {
  return db.query<StoredDelivery>(
    `select id, set_id as "setId", target, state, attempts, last_error as "lastError", next_attempt_at as "nextAttemptAt"
     from ${db.schema}.delivery where $1::text is null or state = $1 order by created_at desc, id limit $2`,
    [state ?? null, limit],
  );
}
