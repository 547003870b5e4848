import { handleApplyUpdate } from '../grpc/apply-update.ts';
import { fakeIndexer, inventory, matcherDeps } from './matcher-fixture.ts';
import { openMigrated } from './migrated-database.ts';
import { advisory, updateMessages } from './update-fixture.ts';

/**
 * A process to be killed: it sends an update of some thousand advisories, says `staged` when they are in the
 * transaction, and never sends the commit. Argument: a connstring.
 */
async function* withoutEnd() {
  const advisories = Array.from({ length: 3_000 }, (_, index) =>
    advisory(`CVE-${index}`, { description: 'half done' }),
  );
  yield* updateMessages({ cut: true, partitions: [{ advisories }] });
  process.stdout.write('staged\n');
  await new Promise((resolve) => setTimeout(resolve, 60_000));
}

const db = await openMigrated(process.argv[2] ?? '');
await handleApplyUpdate(matcherDeps(db, fakeIndexer(inventory())), withoutEnd());
