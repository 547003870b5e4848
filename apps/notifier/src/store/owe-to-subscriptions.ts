import type { Transaction } from '@clair/postgres';
import type { Digest, Subscription, SubscriptionFilter } from '../subscription/subscription.ts';
import { SetFacts, type Wanted } from './set-facts.ts';

export interface OweRequest {
  readonly setId: string;
  readonly nowMs: number;
}

/** Owes a new set to every active subscription that wants something of it: at once, or with the rest of its window. */
export async function oweToSubscriptions(tx: Transaction, request: OweRequest): Promise<void> {
  const subscriptions = await tx.query<Pick<Subscription, 'id' | 'filter'> & { readonly digest: Digest | null }>(
    `select id, filter, digest from ${tx.schema}.subscription where disabled_reason is null order by id for share`,
  );
  if (subscriptions.length === 0) return;
  const facts = await SetFacts.of(tx, request.setId);
  for (const { id, filter, digest } of subscriptions) {
    const wanted = await facts.count(filter, { perManifest: digest?.perManifest === true });
    if (wanted.length === 0) continue;
    if (digest === null) await oweNow(tx, { id, filter, wanted }, request);
    else await oweInWindow(tx, { id, filter, digest, wanted }, request);
  }
}

async function oweNow(
  tx: Transaction,
  { id, filter, wanted }: Pick<Subscription, 'id' | 'filter'> & { readonly wanted: readonly Wanted[] },
  { setId, nowMs }: OweRequest,
): Promise<void> {
  const s = tx.schema;
  const sql = `
with made as (
  insert into ${s}.delivery (id, target, state, next_attempt_at, created_at, subscription_id, filter)
  values (${s}.content_uuid(jsonb_build_array('delivery', $1::uuid, $2::uuid)::text), 'subscription', 'pending', $3, $3, $2, $4)
  returning id
)
insert into ${s}.delivered_set (delivery_id, set_id, matched) select id, $1, $5 from made`;
  await tx.execute(sql, [setId, id, new Date(nowMs), filter, wanted[0]?.matched]);
}

interface Windowed {
  readonly id: string;
  readonly filter: SubscriptionFilter;
  readonly digest: Digest;
  readonly wanted: readonly Wanted[];
}

/** Windows are cut by the clock, the same for every replica: an hour's end on the hour. */
function windowEndMs({ windowSeconds }: Digest, nowMs: number): number {
  const windowMs = windowSeconds * 1000;
  return Math.ceil((nowMs + 1) / windowMs) * windowMs;
}

async function oweInWindow(tx: Transaction, of: Windowed, { setId, nowMs }: OweRequest): Promise<void> {
  let { wanted } = of;
  let endMs = windowEndMs(of.digest, nowMs);
  while (wanted.length > 0) {
    const joined = await joinDigests(tx, of, { setId, nowMs, endMs, wanted });
    wanted = wanted.filter(({ manifest }) => !joined.has(manifest ?? ''));
    endMs = windowEndMs(of.digest, endMs);
  }
}

interface Joining extends OweRequest {
  readonly endMs: number;
  readonly wanted: readonly Wanted[];
}

/**
 * A digest is a delivery that is not due before its window ends. Its row is locked while a set joins it: an attempt skips a
 * locked row, and a set that comes too late, because the attempt has begun, goes to the window after. Resolves to the
 * manifests that were in time; '' stands for all of them.
 */
async function joinDigests(tx: Transaction, of: Windowed, joining: Joining): Promise<ReadonlySet<string>> {
  const s = tx.schema;
  const end = new Date(joining.endMs);
  const owed = [joining.wanted.map(({ manifest }) => manifest ?? ''), joining.wanted.map(({ matched }) => matched)];
  // Another filter is another digest: what a delivery holds is what its own filter lets through.
  const withOwed = `with owed as (
    select manifest, matched, ${s}.content_uuid(
      jsonb_build_array('digest', $1::uuid, extract(epoch from $2::timestamptz)::bigint, $3::jsonb, manifest)::text) as id
    from unnest($4::text[], $5::bigint[]) as owed (manifest, matched))`;
  const values = [of.id, end, JSON.stringify(of.filter), ...owed];
  await tx.execute(
    `${withOwed} insert into ${s}.delivery
       (id, target, state, next_attempt_at, created_at, subscription_id, filter, manifest, window_end)
     select id, 'subscription', 'pending', $2, $6, $1, $3, nullif(manifest, ''), $2 from owed
     on conflict (id) do nothing`,
    [...values, new Date(joining.nowMs)],
  );
  const open = await tx.query<{ readonly id: string; readonly manifest: string }>(
    `${withOwed} select d.id, owed.manifest from ${s}.delivery d join owed on owed.id = d.id
     where d.state = 'pending' and d.attempts = 0 and d.claim is null order by d.id for no key update of d`,
    values,
  );
  await tx.execute(
    `${withOwed} insert into ${s}.delivered_set (delivery_id, set_id, matched)
     select id, $6, matched from owed where id = any ($7::uuid[])`,
    [...values, joining.setId, open.map(({ id }) => id)],
  );
  return new Set(open.map(({ manifest }) => manifest));
}
