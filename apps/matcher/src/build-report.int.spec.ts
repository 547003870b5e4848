import type { Database } from '@clair/postgres';
import { createTestDatabase, type TestDatabase } from '@clair/testing/services';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { buildReport } from './build-report.ts';
import { handleApplyUpdate } from './grpc/apply-update.ts';
import { manifestDigest } from './manifest-digest.ts';
import type { MatcherDeps } from './matcher-deps.ts';
import { fakeIndexer, installed, inventory, MANIFEST, matcherDeps } from './testing/matcher-fixture.ts';
import { openMigrated } from './testing/migrated-database.ts';
import { advisory, affectedRow, enrichment, type UpdateFixture, updateMessages } from './testing/update-fixture.ts';

let own: TestDatabase;
let db: Database;
let deps: MatcherDeps;

const LIBRARY = installed('urllib3', {
  type: 'pypi',
  scheme: 'pep440',
  namespace: 'PyPI',
  version: '1',
  owner: 'python3-urllib3',
});
const IMAGE = inventory({ packages: [installed('python3-urllib3'), LIBRARY] });
const FLAW = advisory('CVE-2024-1000', {
  affected: [
    affectedRow({ namespace: 'PyPI', package: 'urllib3', packageKind: 'binary', scheme: 'pep440', range: {} }),
  ],
});

beforeEach(async () => {
  own = await createTestDatabase();
  db = await openMigrated(own.connstring);
  deps = matcherDeps(db, fakeIndexer(IMAGE));
});

afterEach(async () => {
  await db?.close();
  await own?.drop();
});

const apply = (update: UpdateFixture) => handleApplyUpdate(deps, updateMessages(update));

async function report(by: MatcherDeps, moment: 'now' | { readonly operation: number } = 'now') {
  const outcome = await buildReport(by, { manifest: manifestDigest(MANIFEST), moment });
  if (outcome.kind !== 'report') throw new Error(outcome.kind);
  return outcome;
}

it('a report that was kept is not shown when another vendor has the say, though no operation said so', async () => {
  const debian = (fingerprint: string, namespaces: readonly string[]) =>
    apply({ feed: 'debian', fingerprint, partitions: [{ fingerprint, namespaces, advisories: [advisory('CVE-9')] }] });
  await apply({ feed: 'osv', partitions: [{ namespaces: ['PyPI'], advisories: [FLAW] }] });
  await debian('f1', []);
  const before = await report(deps);
  expect([before.report.findings.length, before.report.setAside.length]).toEqual([1, 0]);
  expect(await debian('f2', ['debian:12'])).toMatchObject({ unchanged: true });
  const after = await report(deps);
  expect([after.report.findings.length, after.report.setAside.length]).toEqual([0, 1]);
  expect(after.etags.v1).not.toBe(before.etags.v1);
});

it('a report of a past operation that was kept has what is known of flaws by now', async () => {
  const known = enrichment('CVE-2024-1000', { epss: { score: 0.5, percentile: 0.9, date: '2024-05-01' } });
  await apply({ feed: 'osv', partitions: [{ namespaces: ['PyPI'], advisories: [FLAW] }] });
  const past = { operation: 1 };
  expect((await report(deps, past)).report.enrichments).toEqual([]);
  await apply({ feed: 'epss', partitions: [{ namespaces: [], enrichments: [known] }] });
  expect((await report(deps, past)).report.enrichments).toHaveLength(1);
});
