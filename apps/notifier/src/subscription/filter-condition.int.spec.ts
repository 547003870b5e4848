import type { Database } from '@clair/postgres';
import { createTestDatabase, type TestDatabase } from '@clair/testing/services';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { notifyChanges } from '../process/run.ts';
import { loadPage } from '../store/pages.ts';
import { moveProgress } from '../store/progress.ts';
import { SetFacts } from '../store/set-facts.ts';
import { openNotifierDatabase } from '../testing/notifier-database.ts';
import { processDependencies } from '../testing/process-fixture.ts';
import { debianPackage, digestOf, vulnerability, type World } from '../testing/world.ts';
import { filterCondition } from './filter-condition.ts';
import { parseFilter } from './parse.ts';

const risen = { name: 'CVE-RISEN' };
/** Two images; A is of the team red and in two repositories, B has no labels and another package. */
const WORLD: World = {
  operations: [
    { id: 1, feed: 'debian', firstLoad: true },
    { id: 2, feed: 'debian', firstLoad: false },
  ],
  rows: [
    { from: 2, vulnerability: vulnerability({ name: 'CVE-LOW', affected: { normalizedSeverity: 'Low' } }) },
    {
      from: 2,
      vulnerability: vulnerability({ name: 'CVE-HIGH', fixed: '', affected: { normalizedSeverity: 'High' } }),
    },
    { from: 1, to: 2, vulnerability: vulnerability({ name: 'CVE-GONE' }) },
    { from: 2, vulnerability: vulnerability({ name: 'CVE-100%', affected: { package: 'lib_c' } }) },
    { from: 1, vulnerability: vulnerability(risen) },
  ],
  risen: [
    { at: 2, vulnerability: vulnerability(risen), risen: { exploited: true, epssBefore: 0.15, epssAfter: 0.45 } },
  ],
  manifests: { [digestOf('a')]: [debianPackage('openssl', '2')], [digestOf('b')]: [debianPackage('lib_c', '1')] },
  labels: { [digestOf('a')]: { team: ['red'], repository: ['quay.example/a', 'quay.example/b'] } },
};

let own: TestDatabase;
let db: Database;
let setId: string;

beforeAll(async () => {
  own = await createTestDatabase();
  db = await openNotifierDatabase(own.connstring);
  await moveProgress(db, undefined, 1);
  await notifyChanges(processDependencies({ db, world: () => WORLD }), new AbortController().signal);
  const [set] = await db.query<{ readonly id: string }>('select id from notifier.notification_set');
  setId = set?.id ?? '';
});

afterAll(async () => {
  await db?.close();
  await own?.drop();
});

const OF_A = ['added CVE-HIGH', 'added CVE-LOW', 'exploited CVE-RISEN', 'removed CVE-GONE'];

it.each<[string, Partial<Parameters<typeof parseFilter>[0]>, string[]]>([
  ['nothing', {}, ['added CVE-100%', ...OF_A]],
  ['one kind', { kinds: ['removed'] }, ['removed CVE-GONE']],
  ['two kinds', { kinds: ['exploited', 'removed'] }, ['exploited CVE-RISEN', 'removed CVE-GONE']],
  ['severity', { minSeverity: 'high' }, ['added CVE-HIGH']],
  [
    'severity, at it',
    { minSeverity: 'Medium' },
    OF_A.filter((one) => !one.endsWith('LOW'))
      .concat('added CVE-100%')
      .sort(),
  ],
  ['fixable', { fixableOnly: true }, ['added CVE-100%', ...OF_A.slice(1)]],
  ['a package', { package: 'openssl' }, OF_A],
  ['a package, only part of its name', { package: 'open' }, []],
  ['a glob', { package: 'o*s?l' }, OF_A],
  ['a glob that no SQL wildcard widens', { package: 'lib%' }, []],
  ['an underscore that is one', { package: 'lib_c' }, ['added CVE-100%']],
  ['a namespace', { namespace: 'debian:*' }, ['added CVE-100%', ...OF_A]],
  ['another namespace', { namespace: 'alpine:*' }, []],
  ['a label', { labels: { team: 'red' } }, OF_A],
  ['a label that has two values', { labels: { repository: 'quay.example/b', team: 'red' } }, OF_A],
  ['a glob over a label', { labels: { repository: 'quay.example/*', team: 'r?d' } }, OF_A],
  ['a glob over a label that no value is like', { labels: { repository: 'docker.example/*' } }, []],
  ['any value of a label', { labels: { team: '*' } }, OF_A],
  ['a label of another value', { labels: { team: 'blue' } }, []],
  ['two labels, one of which is not there', { labels: { team: 'red', tag: 'x' } }, []],
  ['EPSS, passed', { kinds: ['epss-raised'], epssThreshold: 0.4 }, ['epss-raised CVE-RISEN']],
  ['EPSS, passed before', { kinds: ['epss-raised'], epssThreshold: 0.1 }, []],
  ['EPSS, not reached', { kinds: ['epss-raised'], epssThreshold: 0.5 }, []],
  ['all of them', { kinds: ['added'], minSeverity: 'Low', package: 'openssl', fixableOnly: true }, ['added CVE-LOW']],
])('lets through: %s', async (_, fields, expected) => {
  const filter = parseFilter({
    kinds: [],
    minSeverity: '',
    fixableOnly: false,
    package: '',
    namespace: '',
    labels: {},
    epssThreshold: 0,
    ...fields,
  });
  if (!filter.ok) throw new Error(filter.error);
  const page = await loadPage(db, { setIds: [setId], limit: 100, where: filterCondition(filter.value) });
  expect(page.notifications.map(({ reason, summary }) => `${reason} ${summary.name}`).sort()).toEqual(expected);

  const manifests = Map.groupBy(page.notifications, ({ manifest }) => manifest);
  const counted = await db.transaction(async (tx) => {
    const facts = await SetFacts.of(tx, setId);
    return {
      all: await facts.count(filter.value, { perManifest: false }),
      each: await facts.count(filter.value, { perManifest: true }),
    };
  });
  expect(counted.all).toEqual(expected.length === 0 ? [] : [{ manifest: null, matched: expected.length }]);
  expect(new Map(counted.each.map(({ manifest, matched }) => [manifest, matched]))).toEqual(
    new Map([...manifests].map(([manifest, all]) => [manifest, all.length])),
  );
});

it('counts one set after another in a transaction', async () => {
  const filter = parseFilter({
    ...{ kinds: [], minSeverity: '', fixableOnly: false, package: '', namespace: '', labels: {}, epssThreshold: 0 },
  });
  if (!filter.ok) throw new Error(filter.error);
  const counted = await db.transaction(async (tx) => {
    const counts = [];
    for (const id of [setId, '00000000-0000-4000-8000-000000000000', setId]) {
      const facts = await SetFacts.of(tx, id);
      counts.push((await facts.count(filter.value, { perManifest: false })).map(({ matched }) => matched));
    }
    return counts;
  });
  expect(counted).toEqual([[5], [], [5]]);
});
