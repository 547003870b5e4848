import type { Database } from '@clair/postgres';

export interface StoredState {
  readonly notified: number | null;
  readonly sets: readonly string[];
  readonly notifications: readonly string[];
  /** `<id> <set> <target> <state>`; of a subscription's, all its sets. */
  readonly deliveries: readonly string[];
  readonly waitingEvents: number;
}

/** Everything of a notifier's database that two runs over the same input must agree on, sorted. */
export async function storedState(db: Database): Promise<StoredState> {
  const s = db.schema;
  const texts = async (sql: string) => (await db.query<{ readonly text: string }>(sql)).map(({ text }) => text).sort();
  const [progress] = await db.query<{ readonly notified: number | null }>(`select notified from ${s}.progress`);
  const [outbox] = await db.query<{ readonly count: number }>(`select count(*) as count from ${s}.outbox`);
  return {
    notified: progress?.notified ?? null,
    sets: await texts(
      `select concat_ws(' ', id, feed, after_operation, through_operation, notifications) as text from ${s}.notification_set`,
    ),
    notifications: await texts(
      `select concat_ws(' ', set_id, id, reason, manifest, certainty, package_version, summary_hash) as text from ${s}.notification`,
    ),
    deliveries: await texts(
      `select concat_ws(' ', id, set_id, array_to_string(array(
         select set_id from ${s}.delivered_set where delivery_id = d.id order by set_id), ','), target, state) as text
       from ${s}.delivery d`,
    ),
    waitingEvents: outbox?.count ?? 0,
  };
}
