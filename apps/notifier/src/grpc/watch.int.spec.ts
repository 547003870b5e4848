import { describe, expect, it } from 'vitest';
import { collectSets } from '../store/collect.ts';
import { useSubscriptionBench } from '../testing/subscription-bench.ts';

const bench = useSubscriptionBench();

/** What tells of notifications; `package` is of the filter. */
async function* watch(request: { readonly afterSequence?: number; readonly package?: string }) {
  const ended = new AbortController();
  const context = { signal: ended.signal } as never; // Safety: the implementation looks at nothing else of it.
  const filter = {
    kinds: [],
    minSeverity: '',
    fixableOnly: false,
    package: request.package ?? '',
    namespace: '',
    labels: {},
    epssThreshold: 0,
  };
  try {
    const { afterSequence } = request;
    const messages = bench.service.implementation.watch(
      { filter, ...(afterSequence !== undefined && { afterSequence }) },
      context,
    );
    for await (const { sequence, notificationId } of messages) if (notificationId !== '') yield Number(sequence);
  } finally {
    ended.abort();
  }
}

async function publishSets(count: number): Promise<void> {
  for (let index = 1; index <= count; index += 1) await bench.publish(`CVE-${index}`);
}

async function makeOld(...sequences: number[]): Promise<void> {
  await bench.db.execute(`update notifier.notification_set set created_at = 'epoch' where sequence = any ($1)`, [
    sequences,
  ]);
  await bench.db.execute(`update notifier.delivery set state = 'delivered'`);
}

/** As if those between them were still owed to somebody, which takes sets out of the order in which they were made. */
async function collectSequences(...sequences: number[]): Promise<void> {
  await makeOld(...sequences);
  const request = { createdBeforeMs: 1, batchRows: 1, signal: new AbortController().signal };
  expect(await collectSets(bench.db, request)).toBe(sequences.length);
}

const told = async (messages: AsyncGenerator<number>) => (await messages.next()).value;
const LOST = 'are not all kept any more';

describe('a watcher that is slow', () => {
  it('is told that a set was collected before it got there', async () => {
    await publishSets(3);
    const messages = watch({ afterSequence: 0 });
    expect(await told(messages)).toBe(1);
    await collectSequences(2);
    await expect(messages.next()).rejects.toThrow(`up to sequence 2 ${LOST}`);
  });

  it('is told so of the newest set too', async () => {
    await publishSets(2);
    const messages = watch({ afterSequence: 0 });
    expect(await told(messages)).toBe(1);
    await collectSequences(2);
    await expect(messages.next()).rejects.toThrow(`up to sequence 2 ${LOST}`);
  });

  it('is told so although nothing that is left is in its filter', async () => {
    await publishSets(3);
    const messages = watch({ afterSequence: 0 });
    expect(await told(messages)).toBe(1);
    await bench.db.execute(`update notifier.vulnerability set summary = summary || '{"packageName": "bash"}'
      where set_id = (select id from notifier.notification_set where sequence = 3)`);
    await collectSequences(2);
    await expect(messages.next()).rejects.toThrow(LOST);
  });

  it('is told so of a set that is older than one which was gone when it began', async () => {
    await publishSets(4);
    await collectSequences(3);
    const messages = watch({ afterSequence: 0 });
    expect(await told(messages)).toBe(1);
    await collectSequences(2);
    await expect(messages.next()).rejects.toThrow(`up to sequence 3 ${LOST}`);
  });

  it('goes on when what was collected lies behind it, or never was', async () => {
    await publishSets(3);
    await collectSequences(2);
    const messages = watch({ afterSequence: 0 });
    expect(await told(messages)).toBe(1);
    await collectSequences(1);
    expect(await told(messages)).toBe(3);
    // A commit that was rolled back has drawn a number for nothing.
    await bench.db.query(`select nextval(pg_get_serial_sequence('notifier.notification_set', 'sequence'))`);
    await bench.publish('CVE-4');
    await collectSequences(3);
    expect(await told(messages)).toBe(5);
  });
});

it('does not show what is left of a set that is half collected', async () => {
  await publishSets(2);
  await makeOld(1);
  let asked = 0;
  const signal = {
    get aborted() {
      asked += 1;
      return asked > 2;
    },
  } as AbortSignal; // Safety: the collection looks at nothing else of it.
  await collectSets(bench.db, { createdBeforeMs: 1, batchRows: 1, signal });
  expect(await bench.db.query('select from notifier.notification')).toHaveLength(3);
  expect(await told(watch({ afterSequence: 0 }))).toBe(2);
});

describe('a watcher of another history, as when the database was restored', () => {
  const BEGINS_ANEW = "newest sequence is 2: this notifier's history begins anew";

  it.each([3, 999_999, Number.MAX_SAFE_INTEGER])('is told so after %i', async (afterSequence) => {
    await publishSets(2);
    await expect(watch({ afterSequence }).next()).rejects.toThrow(BEGINS_ANEW);
  });

  it('is told so although all sets are collected', async () => {
    await publishSets(2);
    await collectSequences(1, 2);
    await expect(watch({ afterSequence: 3 }).next()).rejects.toThrow(BEGINS_ANEW);
  });

  it('is told so while it watches', async () => {
    await publishSets(3);
    const messages = watch({ afterSequence: 2 });
    expect(await told(messages)).toBe(3);
    await bench.db.execute('truncate notifier.notification_set cascade');
    await expect(messages.next()).rejects.toThrow("newest sequence is 0: this notifier's history begins anew");
  });

  it('is nobody who has seen the newest', async () => {
    await publishSets(2);
    const messages = watch({ afterSequence: 2 });
    const next = told(messages);
    await bench.publish('CVE-3');
    expect(await next).toBe(3);
  });
});
