import { ADVISORIES_CHANGED, type CloudEvent, MANIFEST_DELETED, makeEvent } from '@clair/contracts';
import { createTestDatabase } from '@clair/testing/services';
import { expect, it } from 'vitest';
import { loadProgress, recordNewest } from '../../store/progress.ts';
import { openNotifierDatabase } from '../../testing/notifier-database.ts';
import { handleAdvisoriesChanged } from './handler.ts';

const origin = { source: '/clair/matcher', timeMs: 0 };
const changed = (operation: number) =>
  makeEvent(ADVISORIES_CHANGED, { operation, feed: 'debian', firstLoad: false }, origin);

it('remembers the newest operation, in any order and any number of times, and refuses what is not one', async () => {
  const own = await createTestDatabase();
  const db = await openNotifierDatabase(own.connstring);
  let woken = 0;
  const handle = (event: CloudEvent) => handleAdvisoriesChanged({ db, wake: () => (woken += 1) }, event);
  for (const operation of [3, 5, 5, 4]) expect(await handle(changed(operation))).toEqual({ kind: 'done' });
  expect(await loadProgress(db)).toEqual({ notified: undefined, newest: 0, seen: 5 });
  expect(woken).toBe(4);

  const wrong = { ...changed(9), data: { operation: 'nine' } };
  expect(await handle(wrong)).toMatchObject({ kind: 'poison' });
  const other = makeEvent(MANIFEST_DELETED, { manifest: `sha256:${'a'.repeat(64)}` }, origin);
  expect(await handle(other)).toMatchObject({ kind: 'poison' });
  expect(woken).toBe(4);

  // The matcher has less than the event said: it counts, unless another event came in between.
  await recordNewest(db, 4, 3);
  expect(await loadProgress(db)).toMatchObject({ newest: 4, seen: 5 });
  await recordNewest(db, 4, 5);
  expect(await loadProgress(db)).toMatchObject({ newest: 4, seen: 4 });
  await db.close();
  await own.drop();
});
