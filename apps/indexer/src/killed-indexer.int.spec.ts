import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serveRegistry } from '@clair/testing';
import { createTestDatabase } from '@clair/testing/services';
import { expect, it, vi } from 'vitest';
import { clairManifest, debianLayer, dpkgStanza } from './testing/sample-images.ts';
import { REPORTS, startTestIndexer } from './testing/test-indexer.ts';

const SCRIPT = fileURLToPath(new URL('./testing/killable-indexer.ts', import.meta.url));

it('killed while it reads a layer, it leaves the rest of the work to the next', async () => {
  const [quick, hanging] = [debianLayer(dpkgStanza('quick', '1-1')), debianLayer(dpkgStanza('slow', '1-1'))];
  const database = await createTestDatabase();
  const registry = await serveRegistry({ blobs: [quick, hanging], faults: { [hanging.digest]: { kind: 'hang' } } });
  const directory = await mkdtemp(join(tmpdir(), 'clair-indexer-'));
  const file = join(directory, 'manifest.json');
  const sent = clairManifest('killed', [quick.digest, hanging.digest], registry);
  await writeFile(file, JSON.stringify(sent));
  const indexer = await startTestIndexer({ connstring: database.connstring, layerLeaseMs: 1500 });
  const asked = (digest: string) => registry.requests.filter((request) => request.endsWith(digest)).length;
  try {
    const child = spawn(process.execPath, [SCRIPT, database.connstring, file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const closed = once(child, 'close');
    const scanned = async () => (await indexer.db.query('select 1 from indexer.layer_scan')).length;
    await vi.waitFor(async () => expect([await scanned(), asked(hanging.digest)]).toEqual([1, 1]), 30_000);
    child.kill('SIGKILL');
    await closed;
    expect((await indexer.get(`${REPORTS}/${sent.hash}`)).json()).toMatchObject({ state: 'FetchLayers' });
    // Of the layer and of the request.
    expect(await indexer.db.query('select 1 from indexer.lease')).toHaveLength(2);

    registry.setFault(hanging.digest, undefined);
    const startedMs = performance.now();
    const answer = await indexer.post(sent);
    expect([answer.statusCode, answer.json().state]).toEqual([201, 'IndexFinished']);
    expect(performance.now() - startedMs).toBeLessThan(1500 + 3000);
    expect([asked(quick.digest), asked(hanging.digest)]).toEqual([1, 2]);
    expect(await indexer.db.query(`select 1 from indexer.lease where name like 'layer:%'`)).toEqual([]);
    expect(await indexer.db.query('select 1 from indexer.outbox')).toHaveLength(1);
  } finally {
    await indexer.close();
    await registry.close();
    await database.drop();
    await rm(directory, { recursive: true, force: true });
  }
});

it('killed while somebody waits for its report, it is told as interrupted when its lease has run out', async () => {
  const hanging = debianLayer(dpkgStanza('slow', '1-1'));
  const database = await createTestDatabase();
  const registry = await serveRegistry({ blobs: [hanging], faults: { [hanging.digest]: { kind: 'hang' } } });
  const directory = await mkdtemp(join(tmpdir(), 'clair-indexer-'));
  const file = join(directory, 'manifest.json');
  const sent = clairManifest('asked for', [hanging.digest], registry);
  await writeFile(file, JSON.stringify(sent));
  const indexer = await startTestIndexer({ connstring: database.connstring });
  try {
    const child = spawn(process.execPath, [SCRIPT, database.connstring, file], { stdio: 'inherit' });
    const closed = once(child, 'close');
    await vi.waitFor(() => expect(registry.requests).toHaveLength(1), 30_000);
    child.kill('SIGKILL');
    await closed;
    const shown = async () => (await indexer.get(`${REPORTS}/${sent.hash}`)).json();
    expect(await shown()).toMatchObject({ state: 'FetchLayers', err: '' });
    const interrupted = { state: 'IndexError', err: expect.stringMatching(/send the manifest again/) };
    await vi.waitFor(async () => expect(await shown()).toMatchObject(interrupted), 2 * 1500 + 3000);
  } finally {
    await indexer.close();
    await registry.close();
    await database.drop();
    await rm(directory, { recursive: true, force: true });
  }
});
