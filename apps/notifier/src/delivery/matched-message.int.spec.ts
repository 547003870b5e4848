import { invariant, SEVERITIES, type Severity } from '@clair/model';
import type { Database } from '@clair/postgres';
import { createTestDatabase, type TestDatabase } from '@clair/testing/services';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadOwedContent } from '../store/owed-message.ts';
import { loadOwedMessage } from '../store/subscription-deliveries.ts';
import { openNotifierDatabase } from '../testing/notifier-database.ts';
import { type MatchedData, MESSAGE_BYTES_MAX, MESSAGE_NOTIFICATIONS_MAX, matchedData } from './matched-message.ts';

const SUBSCRIPTION = '00000000-0000-8000-8000-0000000000a1';
const DELIVERY = '00000000-0000-8000-8000-0000000000a2';
const FILTER = JSON.stringify({
  kinds: [],
  minSeverity: 'Low',
  fixableOnly: false,
  package: '',
  namespace: '',
  labels: {},
  epssThreshold: 0.5,
});

let own: TestDatabase;
let db: Database;

beforeEach(async () => {
  own = await createTestDatabase();
  db = await openNotifierDatabase(own.connstring);
  const target = JSON.stringify({ kind: 'nats', subject: 'clair.v1.notification.team' });
  await db.execute(
    `insert into notifier.subscription (id, name, target, filter, created_at)
     values ('${SUBSCRIPTION}', 'team', '${target}', '${FILTER}', now());
     insert into notifier.delivery (id, target, state, next_attempt_at, created_at, subscription_id, filter)
     values ('${DELIVERY}', 'subscription', 'pending', now(), now(), '${SUBSCRIPTION}', '${FILTER}')`,
  );
});

afterEach(async () => {
  await db.close();
  await own.drop();
});

/** By severity how many; of each, the ids are below those of the next. */
type Content = Readonly<Partial<Record<Severity, number>>>;

interface Owed {
  readonly set: number;
  readonly at: string;
  readonly content: Content;
  readonly reason?: string;
  readonly descriptionChars?: number;
}

const uuid = (set: number, number: number) => `0000${set}000-0000-8000-8000-${String(number).padStart(12, '0')}`;

async function owe({ set, at, content, reason = 'added', descriptionChars = 10 }: Owed): Promise<void> {
  const setId = uuid(set, 0);
  await db.execute(
    `insert into notifier.notification_set (id, feed, after_operation, through_operation, notifications, created_at)
     values ($1, 'debian', 1, 2, 0, $2)`,
    [setId, at],
  );
  await db.execute(
    `insert into notifier.vulnerability (set_id, summary_hash, summary)
     select $1::uuid, severity, jsonb_build_object('name', 'CVE-' || severity, 'severity', severity, 'links', '[]'::jsonb,
       'description', repeat('x', $3)) from unnest($2::text[]) severity`,
    [setId, Object.keys(content), descriptionChars],
  );
  const rows = Object.entries(content).flatMap(([severity, count]) => Array<string>(count).fill(severity));
  await db.execute(
    `insert into notifier.notification
       (set_id, id, manifest, reason, certainty, package_version, package_arch, summary_hash, severity_rank)
     select $1::uuid, id, 'm', $2, 2, '', '', severity, array_position($5::text[], severity) - 1
     from unnest($3::uuid[], $4::text[]) as one (id, severity)`,
    [setId, reason, rows.map((_, index) => uuid(set, index + 1)), rows, SEVERITIES],
  );
  await db.execute('insert into notifier.delivered_set (delivery_id, set_id, matched) values ($1, $2, $3)', [
    DELIVERY,
    setId,
    rows.filter((severity) => severity !== 'Unknown').length,
  ]);
}

/** What one attempt says. */
async function attempt({ bytesMax = MESSAGE_BYTES_MAX } = {}): Promise<MatchedData> {
  const owed = await loadOwedMessage(db, DELIVERY);
  const content = await loadOwedContent(db, { deliveryId: DELIVERY, limit: MESSAGE_NOTIFICATIONS_MAX, bytesMax });
  invariant(owed !== undefined && content !== undefined, 'it is owed');
  return JSON.parse(JSON.stringify(matchedData(owed, content)));
}

it('has the gravest of all that are owed, and counts them all', async () => {
  const content = { Unknown: 20, Low: 130, High: 30, Medium: 90, Critical: 10 };
  await owe({ set: 1, at: '2026-01-01T00:00:00Z', content });
  const data = await attempt();
  expect(data.notifications.map(({ vulnerability }) => vulnerability.severity)).toEqual([
    ...Array(10).fill('Critical'),
    ...Array(30).fill('High'),
    ...Array(60).fill('Medium'),
  ]);
  expect(data).toMatchObject({ count: 260, complete: false });
  expect(data.severities).toEqual({ Critical: 10, High: 30, Medium: 90, Low: 130 });
  expect(Object.keys(data.severities)).toEqual(['Critical', 'High', 'Medium', 'Low']);
  expect(JSON.stringify(await attempt())).toBe(JSON.stringify(data));
});

it('counts all when it is shrunk for its size', async () => {
  const content = { Low: 10, Critical: 10 };
  await owe({ set: 1, at: '2026-01-01T00:00:00Z', content, descriptionChars: 50_000 });
  const data = await attempt();
  expect(Buffer.byteLength(JSON.stringify(data))).toBeLessThan(MESSAGE_BYTES_MAX + 100_000);
  expect(new Set(data.notifications.map(({ vulnerability }) => vulnerability.severity))).toEqual(new Set(['Critical']));
  expect(data).toMatchObject({ count: 20, complete: false, severities: { Critical: 10, Low: 10 } });
});

it('has one at least, and counts all', async () => {
  await owe({ set: 1, at: '2026-01-01T00:00:00Z', content: { Low: 2 } });
  expect(await attempt({ bytesMax: 1 })).toMatchObject({
    notifications: [{}],
    count: 2,
    complete: false,
    severities: { Low: 2 },
  });
});

it('says when each was notified, so that what came and went is not what went and came back', async () => {
  await owe({ set: 1, at: '2026-01-01T02:00:00Z', content: { High: 1, Low: 1 }, reason: 'removed' });
  await owe({ set: 2, at: '2026-01-01T01:00:00Z', content: { High: 1, Low: 1 } });
  await owe({ set: 3, at: '2026-01-01T03:00:00Z', content: { High: 1 } });
  const data = await attempt();
  const told = data.notifications.map(({ vulnerability, kind, notified_at }) => [
    vulnerability.severity,
    kind,
    notified_at,
  ]);
  expect(told).toEqual([
    ['High', 'added', '2026-01-01T01:00:00.000Z'],
    ['High', 'removed', '2026-01-01T02:00:00.000Z'],
    ['High', 'added', '2026-01-01T03:00:00.000Z'],
    ['Low', 'added', '2026-01-01T01:00:00.000Z'],
    ['Low', 'removed', '2026-01-01T02:00:00.000Z'],
  ]);
  expect(data).toMatchObject({ count: 5, complete: true, severities: { High: 3, Low: 2 } });
});
