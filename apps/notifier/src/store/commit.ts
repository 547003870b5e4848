import { Unavailable } from '@clair/model';
import { type Database, enqueue, type Transaction } from '@clair/postgres';
import type { OperationRange } from '../process/range.ts';
import { oweToSubscriptions } from './owe-to-subscriptions.ts';
import { loadPage, type StoredNotification } from './pages.ts';
import { endRun } from './staging.ts';

/** A set that a commit made. */
export interface CommittedSet {
  readonly id: string;
  readonly feed: string;
  readonly notifications: number;
  /** Those that Clair knows too: findings added and removed. */
  readonly clairNotifications: number;
}

export interface CommitRequest {
  readonly run: string;
  readonly range: OperationRange;
  readonly nowMs: number;
  /** Whether each set is owed to the webhook of the configuration. */
  readonly webhook: boolean;
  /** Sets with more notifications than this have an event without them. */
  readonly inlineMax: number;
  /** The event that announces a set, to go through the outbox. */
  readonly announce: (set: CommittedSet, inline: readonly StoredNotification[]) => OutboxEvent;
}

export type OutboxEvent = Parameters<typeof enqueue>[1];

/**
 * The identity of a set: its range of operations, its feed, and the sum of the hashes of its notifications, which needs
 * no memory and no order. The sum makes the id of other content another, should operation numbers ever begin anew.
 */
function insertSetsSql(schema: string): string {
  const part = (n: number) => `sum(('x' || substr(hash, ${1 + 15 * n}, 15))::bit(60)::bigint)`;
  return `
with hashed as (
  select feed, encode(sha256(convert_to(
    jsonb_build_array(manifest, reason, key, certainty, package_version, package_arch, summary_hash, detail)::text, 'UTF8')), 'hex') as hash, reason
  from ${schema}.staged_notification where run = $1
), summed as (
  select feed, count(*) as notifications, count(*) filter (where reason in ('added', 'removed')) as clair_notifications,
    concat_ws(' ', ${[0, 1, 2, 3].map(part).join(', ')}) as sums from hashed group by feed
)
insert into ${schema}.notification_set (id, feed, after_operation, through_operation, notifications, clair_notifications, created_at)
select ${schema}.content_uuid(jsonb_build_array('set', $2::bigint, $3::bigint, feed, notifications, sums)::text),
  feed, $2, $3, notifications, clair_notifications, $4
from summed order by feed
on conflict (id) do nothing
returning id, feed, notifications, clair_notifications as "clairNotifications"`;
}

function insertVulnerabilitiesSql(schema: string): string {
  return `
insert into ${schema}.vulnerability (set_id, summary_hash, summary)
select distinct on (n.summary_hash) $2::uuid, n.summary_hash, c.summary
from ${schema}.staged_notification n join ${schema}.staged_change c on c.run = n.run and c.ref = n.summary_ref
where n.run = $1 and n.feed = $3
order by n.summary_hash`;
}

function insertNotificationsSql(schema: string): string {
  return `
insert into ${schema}.notification
  (set_id, id, manifest, reason, certainty, package_version, package_arch, summary_hash, severity_rank, fixable, detail, in_summary)
select $2::uuid, ${schema}.content_uuid(jsonb_build_array('notification', $2::uuid, manifest, reason, key)::text),
  manifest, reason, certainty, package_version, package_arch, summary_hash, severity_rank, fixable, detail, in_summary
from ${schema}.staged_notification where run = $1 and feed = $3`;
}

function insertManifestsSql(schema: string): string {
  return `
insert into ${schema}.notified_manifest (set_id, manifest, labels)
select distinct on (manifest) $2::uuid, manifest, labels
from ${schema}.staged_notification where run = $1 and feed = $3 and labels <> '{}'
order by manifest, labels`;
}

async function insertDeliveries(tx: Transaction, set: CommittedSet, request: CommitRequest): Promise<void> {
  const s = tx.schema;
  const sql = `
insert into ${s}.delivery (id, set_id, target, state, next_attempt_at, created_at)
select ${s}.content_uuid(jsonb_build_array('delivery', $1::uuid, target)::text), $1, target, 'pending', $3, $3
from unnest($2::text[]) as target`;
  const targets = request.webhook && set.clairNotifications > 0 ? ['nats', 'webhook'] : ['nats'];
  await tx.execute(sql, [set.id, targets, new Date(request.nowMs)]);
}

async function insertSet(tx: Transaction, set: CommittedSet, request: CommitRequest): Promise<void> {
  await tx.execute(insertVulnerabilitiesSql(tx.schema), [request.run, set.id, set.feed]);
  await tx.execute(insertNotificationsSql(tx.schema), [request.run, set.id, set.feed]);
  await tx.execute(insertManifestsSql(tx.schema), [request.run, set.id, set.feed]);
  await insertDeliveries(tx, set, request);
  await oweToSubscriptions(tx, { setId: set.id, nowMs: request.nowMs });
  const isInline = set.notifications <= request.inlineMax;
  const inline = isInline ? (await loadPage(tx, { setIds: [set.id], limit: request.inlineMax })).notifications : [];
  await enqueue(tx, request.announce(set, inline));
}

/**
 * Makes the staged notifications of `run` real, owes them to their targets, announces them, and moves the progress to
 * the end of the range: all of it, or nothing. Rejects with `Unavailable` when another run has taken over.
 * Resolves to the sets that are new; one that was committed before, under the same id, is left as it is.
 */
export function commitRun(db: Database, request: CommitRequest): Promise<readonly CommittedSet[]> {
  const { run, range, nowMs } = request;
  const s = db.schema;
  return db.transaction(
    async (tx) => {
      const fenced = await tx.execute(
        `update ${s}.progress set notified = $1, run = null where run = $2 and notified = $3`,
        [range.through, run, range.after],
      );
      if (fenced !== 1) throw new Unavailable('another worker has taken over the notifications');
      const values = [run, range.after, range.through, new Date(nowMs)];
      const sets = await tx.query<CommittedSet>(insertSetsSql(s), values);
      for (const set of sets) await insertSet(tx, set, request);
      await endRun(tx, run);
      return sets;
    },
    { statementTimeoutMs: 0 },
  );
}
