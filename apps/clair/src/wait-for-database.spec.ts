import { Unavailable } from '@clair/model';
import type { Database } from '@clair/postgres';
import { createLogger } from '@clair/service-kit';
import { expect, it } from 'vitest';
import { waitForDatabase } from './wait-for-database.ts';

const silent = () => new Promise<void>(() => undefined);

/** A wait for a database of which only `ping` counts, and what was said meanwhile. */
function waiting(ping: () => Promise<void>, signal = new AbortController().signal) {
  const said: unknown[] = [];
  const log = createLogger({ level: 'error', name: 'test' });
  log.warn = (fields: unknown) => void said.push(fields);
  const db = { schema: 'indexer', ping } as Database; // Safety: nothing else of it is used.
  return { said, done: waitForDatabase(db, { log, signal, waitMs: 40, sayAfterMs: 10 }) };
}

it('says that it waits, and gives up, although the driver never comes back', async () => {
  const { said, done } = waiting(silent);
  await expect(done).rejects.toThrow(Unavailable);
  await expect(done).rejects.toThrow('it has not answered for 1 s');
  expect(said).toEqual([{ schema: 'indexer', reason: 'it has not answered yet' }]);
});

it('ends at once when it is aborted, although the driver never comes back', async () => {
  const ended = new AbortController();
  const { done } = waiting(silent, ended.signal);
  ended.abort();
  await expect(done).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
});

it('passes on at once what is no matter of waiting, and says nothing of a database that answers', async () => {
  await expect(waiting(() => Promise.reject(new Error('password'))).done).rejects.toThrow('password');
  const { said, done } = waiting(() => Promise.resolve());
  await done;
  expect(said).toEqual([]);
});
