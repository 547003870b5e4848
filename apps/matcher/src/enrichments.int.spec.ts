import { MatcherServiceDefinition } from '@clair/contracts';
import type { FlawFacts } from '@clair/model';
import type { Database } from '@clair/postgres';
import { createHttpServer, createLogger, createMetrics, inProcessClient, readConfigValue } from '@clair/service-kit';
import { createTestDatabase, type TestDatabase } from '@clair/testing/services';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMatcherService } from './service.ts';
import { loadEnrichments } from './store/enrichments.ts';
import { fakeIndexer, installed, inventory, MANIFEST, NOW_MS } from './testing/matcher-fixture.ts';
import { openMigrated } from './testing/migrated-database.ts';
import { advisory, affectedRow, enrichment, type UpdateFixture, updateMessages } from './testing/update-fixture.ts';

const A = 'CVE-2026-1001';
const B = 'CVE-2026-1002';
const ADVISORIES: UpdateFixture = {
  partitions: [
    {
      advisories: [
        advisory('DSA-1', { upstream: [A, B] }),
        advisory(B, { affected: [affectedRow({ package: 'zlib', severity: 'low', normalizedSeverity: 'Low' })] }),
        advisory('TEMP-1', { affected: [affectedRow({ package: 'zlib' })], cvss: ['AV:N/AC:L/Au:N/C:P/I:P/A:P'] }),
      ],
    },
  ],
};
const SCORED: FlawFacts = {
  scores: [{ source: 'nvd@nist.gov', vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H' }],
  weaknesses: ['CWE-400'],
};
const LIKELY: FlawFacts = { epss: { score: 0.5, percentile: 0.9, date: '2026-08-16' } };
const EXPLOITED: FlawFacts = { exploited: { added: '2026-01-27', due: '', ransomware: true, action: 'Update.' } };
const LISTED_LATER: FlawFacts = { exploited: { added: '2026-01-27', due: '2026-05-01', ransomware: true, action: '' } };
const IMAGE = inventory({
  packages: [installed('openssl'), installed('zlib', { version: '1', source: { name: 'zlib', version: '1' } })],
});

let own: TestDatabase;
let db: Database;
const started: { stop(): Promise<void> }[] = [];

beforeEach(async () => {
  own = await createTestDatabase();
  db = await openMigrated(own.connstring);
});

afterEach(async () => {
  for (const one of started.splice(0).reverse()) await one.stop();
  await db?.close();
  await own?.drop();
});

async function start(config: object = {}) {
  const reading = readConfigValue(config);
  if (!reading.ok) throw new Error(JSON.stringify(reading.error));
  const given = { config: reading.value.config, metrics: createMetrics({ processMetrics: false }) };
  const log = createLogger({ level: 'fatal', name: 'test' });
  const service = createMatcherService({ ...given, db, log, clock: () => NOW_MS, indexer: fakeIndexer(IMAGE) });
  const server = await createHttpServer({ ...given, log });
  started.push({ stop: () => server.close() }, service);
  service.registerHttp(server);
  const matcher = inProcessClient(MatcherServiceDefinition, service.implementation);
  return {
    apply: (update: UpdateFixture) => matcher.applyUpdate(updateMessages(update)),
    diff: (after: number) => matcher.diffOperations({ after, includeRisen: true }),
    get: async (version: 'v1' | 'v2', query = '') => {
      const answer = await server.inject({ url: `/matcher/api/${version}/vulnerability_report/${MANIFEST}${query}` });
      expect(answer.statusCode).toBe(200);
      return { body: answer.json(), etag: answer.headers.etag };
    },
  };
}

/** An update of a feed of enrichments that has one partition. */
const said = (feed: string, facts: Readonly<Record<string, FlawFacts>>, fields: object = {}): UpdateFixture => ({
  feed,
  partitions: [
    { namespaces: [], enrichments: Object.entries(facts).map(([flaw, one]) => enrichment(flaw, one)), ...fields },
  ],
});

describe('an update of enrichments', () => {
  it('writes what differs, and nothing the second time', async () => {
    const { apply } = await start();
    const first = await apply(said('epss', { [A]: LIKELY, [B]: LIKELY }));
    expect(first).toMatchObject({ unchanged: false, advisoriesChanged: 2 });
    expect(await apply(said('epss', { [A]: LIKELY, [B]: LIKELY }))).toMatchObject({ unchanged: true, rowsWritten: 1 });
    const changed = await apply(said('epss', { [A]: LIKELY, [B]: SCORED }));
    expect(changed).toMatchObject({ unchanged: false, advisoriesChanged: 1 });
    expect(await loadEnrichments(db, [A, B])).toEqual(
      new Map([
        [A, LIKELY],
        [B, SCORED],
      ]),
    );
  });

  it('forgets what a whole partition no longer says, and what changes end', async () => {
    const { apply } = await start();
    await apply(said('epss', { [A]: LIKELY, [B]: LIKELY }));
    expect(await apply(said('epss', { [B]: LIKELY }))).toMatchObject({ advisoriesChanged: 1 });
    expect([...(await loadEnrichments(db, [A, B])).keys()]).toEqual([B]);
    await apply(said('epss', { [A]: SCORED }, { changesOnly: true, endedKeys: [B] }));
    expect([...(await loadEnrichments(db, [A, B])).keys()]).toEqual([A]);
    await apply(said('epss', {}, { removed: true }));
    expect((await loadEnrichments(db, [A, B])).size).toBe(0);
  });

  it('joins what several feeds say of a flaw', async () => {
    const { apply } = await start();
    await apply(said('epss', { [A]: LIKELY }));
    await apply(said('kev', { [A]: EXPLOITED }));
    await apply(said('nvd', { [A]: SCORED }));
    expect((await loadEnrichments(db, [A])).get(A)).toEqual({ ...LIKELY, ...EXPLOITED, ...SCORED });
  });

  it('takes each flaw of a partition once, and counts the others as rejected', async () => {
    const { apply } = await start();
    const twice = [enrichment(A, LIKELY), enrichment(A, SCORED), enrichment('', LIKELY)];
    await apply({ feed: 'epss', partitions: [{ namespaces: [], enrichments: twice }] });
    expect((await loadEnrichments(db, [A])).get(A)).toEqual(LIKELY);
  });
});

describe('a report', () => {
  it('of v1 has the scores of all CVEs of an advisory, in the shape of Clair', async () => {
    const { apply, get } = await start();
    await apply(ADVISORIES);
    await apply(said('nvd', { [A]: SCORED, [B]: { scores: [{ source: 'x', vector: 'AV:N/AC:L/Au:N/C:P/I:P/A:P' }] } }));
    await apply(said('epss', { [B]: LIKELY }));
    await apply(said('kev', { [B]: EXPLOITED }));
    const { body } = await get('v1');
    await expect(`${JSON.stringify(body.enrichments, undefined, 2)}\n`).toMatchFileSnapshot(
      './enrichments-v1.golden.json',
    );
  });

  it('of v2 has them by flaw, and in the order of risk when asked', async () => {
    const { apply, get } = await start();
    await apply(ADVISORIES);
    await apply(said('epss', { [A]: LIKELY }));
    await apply(said('kev', { [B]: EXPLOITED }));
    const { body } = await get('v2');
    expect(body.flaws).toEqual({
      [A]: { cvss: [], weaknesses: [], ...LIKELY },
      [B]: { cvss: [], weaknesses: [], ...EXPLOITED },
    });
    const risk = (name: string) => body.vulnerabilities.find((one: { name: string }) => one.name === name).risk;
    expect([risk('DSA-1'), risk(B), risk('TEMP-1')]).toEqual([
      { exploited: true, epss: 0.5 },
      { exploited: true },
      { exploited: false, cvss: 7.5 },
    ]);
    const names = (report: typeof body) =>
      report.findings.map((one: { vulnerability: number }) => report.vulnerabilities[one.vulnerability].name);
    expect(names((await get('v2', '?order=risk')).body)).toEqual(['DSA-1', B, 'TEMP-1']);
    expect(new Set(names(body))).toEqual(new Set(['DSA-1', B, 'TEMP-1']));
  });

  it('is another one when what is known of a flaw has changed', async () => {
    const { apply, get } = await start();
    await apply(ADVISORIES);
    const before = await get('v2');
    await apply(said('kev', { [B]: EXPLOITED }));
    const after = await get('v2');
    expect(after.etag).not.toBe(before.etag);
    expect(after.body.flaws[B].exploited).toEqual(EXPLOITED.exploited);
  });

  it('leaves them out when the operator says so', async () => {
    const { apply, get } = await start({ matcher: { disable_enrichment: true } });
    await apply(ADVISORIES);
    await apply(said('kev', { [B]: EXPLOITED }));
    expect((await get('v2')).body.flaws).toEqual({});
  });
});

describe('what has risen', () => {
  const epss = (score: number): FlawFacts => ({ epss: { score, percentile: score, date: '2026-08-16' } });
  const risen = async (matcher: Awaited<ReturnType<typeof start>>, after: number) => {
    const rows: string[] = [];
    for await (const row of matcher.diff(after)) {
      if (row.change !== 'risen') continue;
      const { exploited, epssBefore, epssAfter } = row.risen ?? { exploited: false, epssBefore: 0, epssAfter: 0 };
      rows.push(`${row.vulnerability?.name} ${exploited ? 'exploited' : '-'} ${epssBefore} ${epssAfter}`);
    }
    return rows.sort();
  };

  it('is told with the advisories that name the flaw, and not of a first load', async () => {
    const matcher = await start();
    await matcher.apply(ADVISORIES);
    await matcher.apply(said('epss', { [A]: epss(0.19), [B]: epss(0.11) }));
    await matcher.apply(said('kev', { 'CVE-2000-0001': EXPLOITED }));
    expect(await risen(matcher, 0)).toEqual([]);
    // Into a higher tenth; within one; down.
    const second = await matcher.apply(said('epss', { [A]: epss(0.3), [B]: epss(0.19) }));
    expect(await risen(matcher, second.operation - 1)).toEqual(['DSA-1 - 0.19 0.3']);
    const third = await matcher.apply(said('epss', { [A]: epss(0.1), [B]: epss(0.19) }));
    expect(await risen(matcher, third.operation - 1)).toEqual([]);
    const listed = await matcher.apply(said('kev', { 'CVE-2000-0001': EXPLOITED, [B]: EXPLOITED }));
    expect(await risen(matcher, listed.operation - 1)).toEqual([`${B} exploited 0 0`, 'DSA-1 exploited 0 0']);
    // What rose and fell again is none.
    expect(await risen(matcher, second.operation - 1)).toEqual([`${B} exploited 0 0`, 'DSA-1 exploited 0 0']);
    const again = await matcher.apply(said('kev', { [B]: LISTED_LATER }));
    expect(await risen(matcher, again.operation - 1)).toEqual([]);
  });

  it('counts the gravest of the flaws of an advisory, as its report does', async () => {
    const matcher = await start();
    await matcher.apply(ADVISORIES);
    await matcher.apply(said('epss', { [A]: epss(0.35), [B]: epss(0.65) }));
    await matcher.apply(said('kev', { 'CVE-2000-0001': EXPLOITED }));
    const rise = async (a: number, b: number) => {
      const { operation } = await matcher.apply(said('epss', { [A]: epss(a), [B]: epss(b) }));
      return (await risen(matcher, operation - 1)).filter((text) => text.startsWith('DSA-1'));
    };
    expect(await rise(0.41, 0.71)).toEqual(['DSA-1 - 0.65 0.71']);
    expect(await rise(0.55, 0.71)).toEqual([]);
    expect(await rise(0.85, 0.71)).toEqual(['DSA-1 - 0.71 0.85']);
  });

  it('is not told of a flaw that is no longer known to be exploited, nor of a second one of an advisory', async () => {
    const matcher = await start();
    await matcher.apply(ADVISORIES);
    await matcher.apply(said('kev', { 'CVE-2000-0001': EXPLOITED }));
    const listed = await matcher.apply(said('kev', { 'CVE-2000-0001': EXPLOITED, [A]: EXPLOITED }));
    await matcher.apply(said('kev', { 'CVE-2000-0001': EXPLOITED }));
    expect(await risen(matcher, listed.operation - 1)).toEqual([]);
    await matcher.apply(said('kev', { 'CVE-2000-0001': EXPLOITED, [A]: EXPLOITED }));
    const both = await matcher.apply(said('kev', { 'CVE-2000-0001': EXPLOITED, [A]: EXPLOITED, [B]: EXPLOITED }));
    expect(await risen(matcher, both.operation - 1)).toEqual([`${B} exploited 0 0`]);
  });
});
