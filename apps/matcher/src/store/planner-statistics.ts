import type { Database } from '@clair/postgres';

/** Renews what the planner believes of the big tables. After a large change autovacuum would take minutes to do it. */
export async function renewStatistics(db: Database): Promise<void> {
  await db.execute('analyze matcher.affected, matcher.advisory, matcher.advisory_revision, matcher.namespace');
}
