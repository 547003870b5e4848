import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createTestDatabase } from '@clair/testing/services';
import { expect, it } from 'vitest';
import { handleApplyUpdate } from '../grpc/apply-update.ts';
import { handleListFeeds } from '../grpc/list-feeds.ts';
import { fakeIndexer, inventory, matcherDeps } from '../testing/matcher-fixture.ts';
import { openMigrated } from '../testing/migrated-database.ts';
import { advisory, updateMessages } from '../testing/update-fixture.ts';

const SCRIPT = fileURLToPath(new URL('../testing/hanging-update.ts', import.meta.url));

it('leaves nothing behind when the process is killed in the middle of an update, and takes the next one', async () => {
  const own = await createTestDatabase();
  const db = await openMigrated(own.connstring);
  const deps = matcherDeps(db, fakeIndexer(inventory()));
  const before = updateMessages({ partitions: [{ advisories: [advisory('CVE-0'), advisory('CVE-1')] }] });
  expect((await handleApplyUpdate(deps, before)).operation).toBe(1);

  const child = spawn(process.execPath, [SCRIPT, own.connstring], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said] = await once(child.stdout, 'data');
  expect(String(said)).toContain('staged');
  child.kill('SIGKILL');
  await once(child, 'exit');

  expect((await handleListFeeds({ db })).feeds).toMatchObject([{ operation: 1, advisories: 2, affected: 2 }]);
  expect(await db.query('select last from matcher.operation_counter')).toEqual([{ last: 1 }]);
  const after = updateMessages({ partitions: [{ advisories: [advisory('CVE-0')] }] });
  expect(await handleApplyUpdate(deps, after)).toMatchObject({ operation: 2, affectedAdded: 0, affectedRemoved: 1 });
  await db.close();
  await own.drop();
});
