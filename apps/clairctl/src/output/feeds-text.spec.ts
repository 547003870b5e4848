import { expect, it } from 'vitest';
import type { FeedStatusV2 } from '../api-shapes.ts';
import { renderFeeds } from './feeds-text.ts';

const NOW_MS = Date.parse('2026-03-01T12:00:00Z');
const feed = (fields: Partial<FeedStatusV2>): FeedStatusV2 => ({
  feed: 'debian',
  title: 'Debian',
  last_attempt_at: '2026-03-01T11:00:00Z',
  last_success_at: '2026-03-01T11:00:00Z',
  last_changed_at: '2026-02-20T11:00:00Z',
  next_run_at: '2026-03-01T17:00:00Z',
  error: '',
  stale: false,
  imported: false,
  advisories: 24172,
  rejected_records: 0,
  rejections: [],
  partitions: 1,
  failed_partitions: 0,
  fetched_bytes: 1,
  seconds: 1,
  ...fields,
});

it('shows a line a feed, and under the table what went wrong', async () => {
  const text = renderFeeds(
    [
      feed({}),
      feed({ feed: 'alpine', stale: true, partitions: 20, rejected_records: 1, rejections: ['main#7: no version'] }),
      feed({ feed: 'kept', error: 'https://example.org/: the server answered 500', failed_partitions: 1 }),
      feed({ feed: 'new', last_attempt_at: '', last_success_at: '', last_changed_at: '', advisories: 0 }),
      feed({ feed: 'broken', last_success_at: '', last_changed_at: '', error: 'this is HTML', advisories: 0 }),
      feed({ feed: 'brought', last_attempt_at: '', next_run_at: '', imported: true }),
      feed({ feed: 'brought-long-ago', last_attempt_at: '', imported: true, stale: true }),
    ],
    NOW_MS,
  );
  await expect(text).toMatchFileSnapshot('fixtures/feeds.golden.txt');
});
