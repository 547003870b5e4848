import { createHash } from 'node:crypto';
import type { Database } from '@clair/postgres';
import { createTestDatabase, type TestDatabase } from '@clair/testing/services';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openNotifierDatabase } from '../testing/notifier-database.ts';
import { loadPage } from './pages.ts';

const SET = '00000000-0000-8000-8000-000000000001';
const NOTIFICATIONS = 60;
const DESCRIPTION_CHARS = 100_000;

let own: TestDatabase;
let db: Database;

beforeAll(async () => {
  own = await createTestDatabase();
  db = await openNotifierDatabase(own.connstring);
  await db.execute(
    `insert into notifier.notification_set (id, feed, after_operation, through_operation, notifications, created_at)
     values ('${SET}', 'debian', 1, 2, ${NOTIFICATIONS}, now());
     insert into notifier.vulnerability (set_id, summary_hash, summary)
     values ('${SET}', 'h', jsonb_build_object('name', 'CVE-1', 'description', repeat('x', ${DESCRIPTION_CHARS})));
     insert into notifier.notification (set_id, id, manifest, reason, certainty, package_version, package_arch, summary_hash)
     select '${SET}', notifier.content_uuid(n::text), 'm', 'added', 2, '', '', 'h' from generate_series(1, ${NOTIFICATIONS}) n`,
  );
});

afterAll(async () => {
  await db?.close();
  await own?.drop();
});

it('ends a page early when it grows too large, and loses nothing by it', async () => {
  const ids: string[] = [];
  let pages = 0;
  for (let afterId: string | undefined; ; ) {
    const page = await loadPage(db, { setIds: [SET], limit: 1000, ...(afterId && { afterId }) });
    const bytes = Buffer.byteLength(JSON.stringify(page.notifications));
    expect(bytes).toBeLessThan(2 * 1024 * 1024 + 2 * DESCRIPTION_CHARS);
    ids.push(...page.notifications.map(({ id }) => id));
    pages += 1;
    if (page.next === undefined) break;
    afterId = page.next;
  }
  expect(pages).toBeGreaterThan(2);
  expect(new Set(ids).size).toBe(NOTIFICATIONS);
});

it('has exactly as many as asked for', async () => {
  const page = await loadPage(db, { setIds: [SET], limit: 5 });
  expect(page.notifications).toHaveLength(5);
  expect(page.next).toBe(page.notifications[4]?.id);
  const all = await loadPage(db, { setIds: [SET], limit: 1, afterId: 'ffffffff-ffff-ffff-ffff-ffffffffffff' });
  expect(all).toEqual({ notifications: [], next: undefined });
});

it.each(['', 'abc', 'ä "quoted" \\'])('derives a UUID of version 8 from the content %j', async (content) => {
  const [row] = await db.query<{ readonly id: string }>('select notifier.content_uuid($1) as id', [content]);
  const digest = createHash('sha256').update(content).digest().subarray(0, 16);
  digest[6] = ((digest[6] ?? 0) & 0x0f) | 0x80;
  digest[8] = ((digest[8] ?? 0) & 0x3f) | 0x80;
  expect(row?.id.replaceAll('-', '')).toBe(digest.toString('hex'));
});
