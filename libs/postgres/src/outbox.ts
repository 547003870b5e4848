import type { Queryable } from './database.ts';

/** An event as it waits in the outbox. `body` is stored as JSON. */
export interface OutboxEvent {
  /** Derived from the content, so that a repeated write of the same event is one event. */
  readonly id: string;
  readonly subject: string;
  readonly body: unknown;
}

/** The channel on which a commit with new events is announced. */
export function outboxChannel(schema: string): string {
  return `clair_outbox_${schema}`;
}

/**
 * Writes the event beside the state that it announces: it is published if, and only if, `tx` commits. An event whose id
 * still waits to be published is not written again.
 */
export async function enqueue(tx: Queryable & { readonly schema: string }, event: OutboxEvent): Promise<void> {
  await tx.execute(
    `with added as (
       insert into ${tx.schema}.outbox (id, subject, body) values ($1, $2, $3::json) on conflict (id) do nothing returning 1
     )
     select pg_notify($4, '') from added`,
    [event.id, event.subject, JSON.stringify(event.body), outboxChannel(tx.schema)],
  );
}

/**
 * Whether `subscriber` sees the event for the first time; from the commit of `tx` on, it has seen it. Called first in the
 * transaction that carries out the event, it makes a redelivery change nothing. A concurrent delivery waits for this one's end.
 */
export async function firstSeen(
  tx: Queryable & { readonly schema: string },
  event: { readonly id: string; readonly subscriber: string },
): Promise<boolean> {
  const sql = `insert into ${tx.schema}.inbox (event_id, subscriber) values ($1, $2) on conflict do nothing`;
  return (await tx.execute(sql, [event.id, event.subscriber])) === 1;
}

/** Forgets events received more than `olderThanMs` ago, and returns how many: longer ago than any bus redelivers. */
export function pruneInbox(tx: Queryable & { readonly schema: string }, olderThanMs: number): Promise<number> {
  const sql = `delete from ${tx.schema}.inbox where received_at < now() - $1 * interval '1 millisecond'`;
  return tx.execute(sql, [olderThanMs]);
}
