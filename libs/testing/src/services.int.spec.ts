import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect as connectNats, nuid, StorageType } from 'nats';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { describeWithNats, natsUrl } from './describe-with-nats.ts';
import { dockerAnswers } from './docker.ts';
import { buildImage, buildLayer } from './image.ts';
import { startNatsServer } from './nats-server.ts';
import { type Registry, serveRegistry } from './registry.ts';
import { createTestDatabase } from './test-database.ts';

async function ask(connstring: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: connstring });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('createTestDatabase', () => {
  it('makes empty databases that share nothing, and copies of a template', async () => {
    const [a, b] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    await ask(a.connstring, 'create table t as select 1 as n');
    expect(await ask(b.connstring, "select to_regclass('t') as t")).toEqual([{ t: null }]);
    const copy = await createTestDatabase({ template: a.connstring });
    expect(await ask(copy.connstring, 'select n from t')).toEqual([{ n: 1 }]);
    await Promise.all([a.drop(), b.drop(), copy.drop()]);
    const left = await ask(
      inject('connstring'),
      `select 1 from pg_database where datname = '${new URL(copy.connstring).pathname.slice(1)}'`,
    );
    expect(left).toEqual([]);
  });
});

describeWithNats('nats-server', () => {
  it('of the run has JetStream', async () => {
    const connection = await connectNats({ servers: natsUrl() });
    await expect(connection.jetstreamManager()).resolves.toBeDefined();
    await connection.close();
  });

  it('of a test keeps what it stored through a restart, also after it was killed', async () => {
    const server = await startNatsServer();
    const name = nuid.next();
    const first = await connectNats({ servers: server.url });
    await (await first.jetstreamManager()).streams.add({ name, subjects: [name], storage: StorageType.File });
    await first.jetstream().publish(name, 'kept');
    await first.close();
    await server.stop('SIGKILL');
    await expect(connectNats({ servers: server.url, reconnect: false })).rejects.toThrow();
    await server.restart();
    const second = await connectNats({ servers: server.url });
    expect((await (await second.jetstreamManager()).streams.info(name)).state.messages).toBe(1);
    await second.close();
    await server.remove();
  });
});

describe('dockerAnswers', () => {
  it.each([
    [200, true],
    [404, false],
  ])('with status %i: %s', async (status, expected) => {
    const daemon = createServer((_request, response) => response.writeHead(status).end()).listen(0, '127.0.0.1');
    await new Promise((resolve) => daemon.once('listening', resolve));
    const { port } = daemon.address() as AddressInfo; // Safety: it listens on TCP.
    expect(await dockerAnswers(`tcp://127.0.0.1:${port}`)).toBe(expected);
    daemon.close();
  });

  it('gives up on a daemon that hangs, and on one that is not there', async () => {
    const daemon = createServer(() => undefined).listen(0, '127.0.0.1');
    await new Promise((resolve) => daemon.once('listening', resolve));
    const { port } = daemon.address() as AddressInfo; // Safety: it listens on TCP.
    const beganMs = performance.now();
    expect(await dockerAnswers(`tcp://127.0.0.1:${port}`)).toBe(false);
    expect(performance.now() - beganMs).toBeLessThan(3_000);
    daemon.closeAllConnections();
    daemon.close();
    expect(await dockerAnswers('unix:///nonexistent/docker.sock')).toBe(false);
    expect(await dockerAnswers('nonsense')).toBe(false);
  });
});

describe('serveRegistry', () => {
  const layer = buildLayer([{ path: 'etc/os-release', content: 'ID=test\n' }]);
  const image = buildImage([layer]);
  let registry: Registry;

  beforeAll(async () => {
    registry = await serveRegistry({ images: { 'team/app:1': image } });
  });
  afterAll(() => registry.close());

  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(`http://${registry.host}${path}`, { headers });
  const bytesOf = async (response: Response) => new Uint8Array(await response.arrayBuffer());

  it('serves manifests by tag and digest, and blobs, whole and in part', async () => {
    const byTag = await get('/v2/team/app/manifests/1');
    expect(byTag.headers.get('docker-content-digest')).toBe(image.manifest.digest);
    expect(await bytesOf(byTag)).toEqual(image.manifest.bytes);
    expect(await bytesOf(await get(`/v2/team/app/manifests/${image.manifest.digest}`))).toEqual(image.manifest.bytes);
    expect(await bytesOf(await fetch(registry.blobUrl(layer.digest)))).toEqual(layer.bytes);
    const part = await get(`/v2/team/app/blobs/${layer.digest}`, { range: 'bytes=3-9' });
    expect([part.status, await bytesOf(part)]).toEqual([206, layer.bytes.subarray(3, 10)]);
    expect((await get('/v2/team/app/manifests/2')).status).toBe(404);
    expect(registry.requests).toContain('GET /v2/team/app/manifests/1');
  });

  it('misbehaves as told', async () => {
    const url = registry.blobUrl(layer.digest);
    registry.setFault(layer.digest, { kind: 'status', status: 503, times: 1 });
    expect([(await fetch(url)).status, (await fetch(url)).status]).toEqual([503, 200]);
    registry.setFault(layer.digest, { kind: 'wrong-bytes' });
    const wrong = await bytesOf(await fetch(url));
    expect(wrong).toHaveLength(layer.bytes.length);
    expect(wrong).not.toEqual(layer.bytes);
    registry.setFault(layer.digest, { kind: 'truncate', bytes: 5 });
    await expect(fetch(url).then(bytesOf)).rejects.toThrow();
    registry.setFault(layer.digest, { kind: 'hang' });
    const hanging = await fetch(url, { signal: AbortSignal.timeout(200) });
    await expect(bytesOf(hanging)).rejects.toHaveProperty('name', 'TimeoutError');
    registry.setFault(layer.digest, { kind: 'redirect', location: 'http://169.254.169.254/' });
    expect((await fetch(url, { redirect: 'manual' })).headers.get('location')).toBe('http://169.254.169.254/');
    registry.setFault(layer.digest, undefined);
    expect((await fetch(url)).status).toBe(200);
  });

  it('asks for authorization when told to', async () => {
    const closed = await serveRegistry({ images: { 'app:1': image }, authorization: 'Bearer t' });
    const url = `http://${closed.host}/v2/app/manifests/1`;
    expect((await fetch(url)).status).toBe(401);
    expect((await fetch(url, { headers: { authorization: 'Bearer t' } })).status).toBe(200);
    await closed.close();
  });
});
