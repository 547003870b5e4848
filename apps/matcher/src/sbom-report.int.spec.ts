import { MatcherServiceDefinition } from '@clair/contracts';
import type { Database } from '@clair/postgres';
import {
  createHttpServer,
  createLogger,
  createMetrics,
  type HttpServer,
  inProcessClient,
  readConfig,
} from '@clair/service-kit';
import { createTestDatabase, type TestDatabase } from '@clair/testing/services';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMatcherService, type MatcherService } from './service.ts';
import { fakeIndexer, installed, inventory, MANIFEST, NOW_MS } from './testing/matcher-fixture.ts';
import { openMigrated } from './testing/migrated-database.ts';
import { advisory, affectedRow, updateMessages } from './testing/update-fixture.ts';

const SBOM_REPORT = '/matcher/api/v2/sbom_report';
const FEED = [
  advisory('CVE-1', { issued: '', affected: [affectedRow()] }),
  advisory('CVE-2', {
    affected: [affectedRow({ package: 'zlib', range: { fixed: '2' }, severity: 'low', normalizedSeverity: 'Low' })],
  }),
];

const purl = (name: string, version: string, source: string) =>
  `pkg:deb/debian/${name}@${version}?arch=amd64&upstream=${source}&distro=debian-12`;
const PURLS = [purl('libssl3', '3.0.9-1', 'openssl'), purl('openssl', '3.0.9-1', ''), purl('zlib1g', '1-1', 'zlib')];
const nameOf = (text: string) => /debian\/([^@]+)@([^?]+)/.exec(text)?.slice(1) ?? [];

const CYCLONEDX = {
  bomFormat: 'CycloneDX',
  metadata: { tools: [{ name: 'a-tool', version: '1' }] },
  components: PURLS.map((one) => ({ type: 'library', name: nameOf(one)[0], version: nameOf(one)[1], purl: one })),
};
const SPDX = {
  spdxVersion: 'SPDX-2.3',
  creationInfo: { creators: ['Tool: a-tool-1'] },
  packages: PURLS.map((one, index) => ({
    SPDXID: `SPDXRef-Package-${index}`,
    name: nameOf(one)[0],
    versionInfo: nameOf(one)[1],
    externalRefs: [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: one }],
  })),
};
const SYFT = {
  artifacts: PURLS.map((one) => ({ id: one, name: nameOf(one)[0], version: nameOf(one)[1], purl: one })),
  descriptor: { name: 'a-tool', version: '1' },
};

let own: TestDatabase;
let db: Database;
let service: MatcherService;
let server: HttpServer;

beforeEach(async () => {
  own = await createTestDatabase();
  db = await openMigrated(own.connstring);
  const reading = readConfig([]);
  if (!reading.ok) throw new Error('the defaults are a configuration');
  const log = createLogger({ level: 'fatal', name: 'test' });
  const metrics = createMetrics({ processMetrics: false });
  const image = inventory({
    packages: [
      installed('libssl3', { source: { name: 'openssl', version: '3.0.9-1' } }),
      installed('openssl'),
      installed('zlib1g', { version: '1-1', source: { name: 'zlib', version: '1-1' } }),
    ],
  });
  const indexer = fakeIndexer(image);
  service = createMatcherService({ config: reading.value.config, db, log, metrics, clock: () => NOW_MS, indexer });
  server = await createHttpServer({ config: reading.value.config, log, metrics });
  service.registerHttp(server);
});

afterEach(async () => {
  await service?.stop();
  await server?.close();
  await db?.close();
  await own?.drop();
});

const matcher = () => inProcessClient(MatcherServiceDefinition, service.implementation);
const apply = () => matcher().applyUpdate(updateMessages({ partitions: [{ advisories: FEED }] }));
const post = (payload: string | object, url = SBOM_REPORT, type = 'application/json') =>
  server.inject({ method: 'POST', url, payload, headers: { 'content-type': type } });

describe('POST v2 sbom_report', () => {
  it.each([
    ['cyclonedx', 'application/vnd.cyclonedx+json; version=1.6', CYCLONEDX],
    ['spdx', 'application/spdx+json', SPDX],
    ['syft', 'application/vnd.syft+json', SYFT],
  ])('of %s has the findings and the coverage of an image of the same packages', async (format, type, document) => {
    await apply();
    const answer = await post(JSON.stringify(document), SBOM_REPORT, type);
    expect(answer.statusCode).toBe(200);
    const { sbom, unmatched, packages, distributions, ...shared } = answer.json();
    expect(sbom).toEqual({ format, tool: 'a-tool 1', components: 3, matched: 3 });
    expect(unmatched).toEqual([]);
    expect(distributions).toMatchObject([{ did: 'debian', version_id: '12', namespace: 'debian:12' }]);
    const image = (await server.inject({ url: `/matcher/api/v2/vulnerability_report/${MANIFEST}` })).json();
    const { manifest_hash, packages: ofImage, distributions: _, ...expected } = image;
    expect(shared).toEqual(expected);
    expect(shared.findings).toHaveLength(3);
    expect(shared.coverage.verdict).toBe('complete');
    expect(packages).toEqual(ofImage.map((one: object) => ({ ...one, locations: [] })));
  });

  it('lists what could not be matched and is partial for it, but not for a signing key', async () => {
    await apply();
    const key = { type: 'library', name: 'gpg-pubkey', purl: 'pkg:rpm/rhel/gpg-pubkey@1-2?distro=rhel-9.1' };
    const keyed = (await post({ ...CYCLONEDX, components: [...CYCLONEDX.components, key] })).json();
    expect([keyed.coverage.verdict, keyed.unmatched.length]).toEqual(['complete', 1]);
    const hex = { type: 'library', name: 'plug', version: '1.3.8', purl: 'pkg:hex/plug@1.3.8' };
    const mixed = (await post({ ...CYCLONEDX, components: [...CYCLONEDX.components, hex] })).json();
    expect(mixed.coverage).toMatchObject({
      verdict: 'partial',
      reasons: ['1 of 4 components could not be matched; the list of them says why'],
    });
    expect(mixed.unmatched).toEqual([
      {
        component: 'plug 1.3.8',
        purl: 'pkg:hex/plug@1.3.8',
        reason: 'packages of type hex are not matched by this version',
      },
    ]);
  });

  it('hides findings below min_severity, and says how many', async () => {
    await apply();
    const all = (await post(CYCLONEDX)).json();
    const some = (await post(CYCLONEDX, `${SBOM_REPORT}?min_severity=High`)).json();
    expect(some.findings.length + some.hidden.findings).toBe(all.findings.length);
    expect(some.hidden.findings).toBeGreaterThan(0);
    expect((await post(CYCLONEDX, `${SBOM_REPORT}?min_severity=Bad`)).statusCode).toBe(400);
  });

  it.each([
    ['nothing', '', 'the document is none of'],
    ['no JSON', '{', 'the body is not JSON'],
    ['no document of the kind', '{"a":1}', 'CycloneDX JSON'],
    ['a list where an object should be', '[]', 'the document is none of'],
    ['a broken document', '{"bomFormat":"CycloneDX","components":7}', '/components is not a list'],
  ])('answers %s with 400, and what it is', async (_, body, message) => {
    await apply();
    const answer = await post(body);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toEqual({ code: 'bad-request', message: expect.stringContaining(message) });
  });

  it('answers 202 with Retry-After while nothing is loaded', async () => {
    const answer = await post(CYCLONEDX);
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([202, '15']);
  });

  it('takes 64 MiB where other routes take less, and no more', async () => {
    await apply();
    const padded = (bytes: number) => JSON.stringify({ ...CYCLONEDX, padding: 'x'.repeat(bytes) });
    expect((await post(padded(40 * 1024 * 1024))).statusCode).toBe(200);
    expect((await post(padded(64 * 1024 * 1024))).statusCode).toBe(413);
  });

  it('is described with the media types of the formats', async () => {
    const { paths } = (await server.inject({ url: '/openapi/v1' })).json();
    expect(Object.keys(paths[SBOM_REPORT].post.requestBody.content)).toEqual([
      'application/json',
      'application/vnd.cyclonedx+json',
      'application/spdx+json',
      'application/vnd.syft+json',
    ]);
  });
});

describe('GetSbomReport', () => {
  const ask = (document: string) => matcher().getSbomReport({ document: Buffer.from(document) });

  it('says what the route says', async () => {
    await apply();
    const hex = { id: 'x', name: 'plug', version: '1', purl: 'pkg:hex/plug@1' };
    const { report, sbom, unmatched } = await ask(JSON.stringify({ ...SYFT, artifacts: [...SYFT.artifacts, hex] }));
    expect(report).toMatchObject({ manifestHash: '', coverage: { verdict: 'partial' } });
    expect(report?.findings).toHaveLength(3);
    expect(sbom).toEqual({ format: 'syft', tool: 'a-tool 1', components: 4, matched: 3 });
    expect(unmatched.map(({ component }) => component)).toEqual(['plug 1']);
  });

  it('refuses what is no document, and has nothing to say while nothing is loaded', async () => {
    await expect(ask('<bom/>')).rejects.toThrow('not JSON');
    await expect(ask('{}')).rejects.toThrow('none of');
    await expect(ask(JSON.stringify(SYFT))).rejects.toThrow('no advisories');
  });
});
