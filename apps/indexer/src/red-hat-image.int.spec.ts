import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildLayer, type Registry, serveRegistry, sharedData } from '@clair/testing';
import { createTestDatabase, type TestDatabase } from '@clair/testing/services';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { clairManifest } from './testing/sample-images.ts';
import { REPORTS, startTestIndexer, type TestIndexer } from './testing/test-indexer.ts';

const database = sharedData('fixtures/pkgdb/rpm/sqlite-osv-scanner.rpmdb.sqlite');
const UBI = buildLayer([
  { path: 'etc/os-release', content: 'ID="rhel"\nNAME="Red Hat Enterprise Linux"\nVERSION_ID="9.4"\n' },
  { path: 'root/buildinfo/content_manifests/ubi9.json', content: '{"content_sets":["ubi-9-baseos-rpms"]}' },
  { path: 'var/lib/rpm/rpmdb.sqlite', content: database === undefined ? '' : readFileSync(database) },
]);
const MAPPING = '{"data":{"ubi-9-baseos-rpms":{"cpes":["cpe:/o:redhat:enterprise_linux:9::baseos"]}}}';

let own: TestDatabase;
let indexer: TestIndexer;
let registry: Registry;
let mapping: Server;
let isThere = false;

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  mapping = createServer((_, response) => response.writeHead(isThere ? 200 : 503).end(MAPPING));
  await new Promise<void>((resolve) => mapping.listen(0, '127.0.0.1', resolve));
  // Safety: a server that listens on a port has an address of that kind.
  const { port } = mapping.address() as AddressInfo;
  own = await createTestDatabase();
  registry = await serveRegistry({ blobs: [UBI] });
  const repo2cpe = { repo2cpe_mapping_url: `http://127.0.0.1:${port}/m.json` };
  const scanner = { repo: { 'rhel-repository-scanner': repo2cpe } };
  indexer = await startTestIndexer({ connstring: own.connstring, indexer: { scanner } });
});

afterAll(async () => {
  vi.useRealTimers();
  await indexer?.close();
  await registry?.close();
  mapping?.close();
  await own?.drop();
});

it.skipIf(database === undefined)(
  `an image that had to do without the mapping is resolved again when it is there${database ? '' : ' (skipped: no shared data)'}`,
  async () => {
    const manifest = clairManifest('ubi', [UBI.digest], registry);
    const read = async () => {
      expect((await indexer.post(manifest)).statusCode).toBe(201);
      const report = await indexer.client.getIndexReport({ hash: manifest.hash });
      const cpes = new Set(report.report?.packages.flatMap((one) => one.package?.cpes ?? []));
      const reasons = report.report?.problems.map(({ reason }) => reason) ?? [];
      return { cpes: [...cpes].sort(), isAssumed: reasons.some((reason) => reason.includes('are assumed')) };
    };
    const assumed = await read();
    expect(assumed.isAssumed).toBe(true);
    expect(assumed.cpes).toContain('cpe:/a:redhat:enterprise_linux:9::appstream');

    isThere = true;
    expect(await read()).toEqual(assumed);
    vi.setSystemTime(Date.now() + 6 * 60_000);
    expect(await read()).toEqual({ cpes: ['cpe:/o:redhat:enterprise_linux:9::baseos'], isAssumed: false });
    expect((await indexer.get(`${REPORTS}/${manifest.hash}`)).statusCode).toBe(200);
  },
);
