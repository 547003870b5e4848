import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IndexerServiceDefinition, type IndexerServiceImplementation, readDescriptorSet } from '@clair/contracts';
import { Unavailable } from '@clair/model';
import { credentials, Client as RawClient } from '@grpc/grpc-js';
import { createChannel, createClient } from 'nice-grpc';
import { HealthDefinition } from 'nice-grpc-server-health';
import { afterEach, describe, expect, it } from 'vitest';
import { mintToken } from '../auth/psk.ts';
import { ServiceError } from '../errors/service-error.ts';
import { createLogger } from '../logging/logger.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { bind } from './binding.ts';
import { type ConnectOptions, connectService } from './connect-service.ts';
import { type GrpcServer, type GrpcServerOptions, startGrpcServer } from './grpc-server.ts';

const lines: string[] = [];
const log = createLogger({ level: 'warn', name: 'test', destination: { write: (line) => void lines.push(line) } });
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  lines.length = 0;
});

function indexerWith(overrides: Partial<IndexerServiceImplementation>): IndexerServiceImplementation {
  const refuse = () => Promise.reject(new Error('not part of this test'));
  return {
    indexManifest: refuse,
    getIndexReport: refuse,
    getInventoryHash: refuse,
    getIndexState: async () => ({ state: 'abc' }),
    deleteManifests: refuse,
    async *findAffectedManifests() {
      yield await refuse();
    },
    ...overrides,
  };
}

async function serve(
  overrides: Partial<IndexerServiceImplementation> = {},
  options: Partial<GrpcServerOptions> = {},
): Promise<GrpcServer> {
  const server = await startGrpcServer({
    listen: '127.0.0.1:0',
    bindings: [bind(IndexerServiceDefinition, indexerWith(overrides))],
    log,
    metrics: createMetrics({ processMetrics: false }),
    ...options,
  });
  cleanups.push(() => server.stop(100));
  return server;
}

function connect(port: number, options: Partial<ConnectOptions> = {}) {
  const client = connectService(IndexerServiceDefinition, `localhost:${port}`, { deadlineMs: 5000, log, ...options });
  cleanups.push(() => client.close());
  return client;
}

describe('startGrpcServer', () => {
  it('ends a call after its own limit, also when the handler goes on', async () => {
    const { port } = await serve({ getIndexState: () => new Promise(() => undefined) }, { deadlineMaxMs: 50 });
    await expect(connect(port).getIndexState({})).rejects.toThrow(/DEADLINE_EXCEEDED: took longer/);
  });

  it('answers health checks, and drops health as soon as it is to stop', async () => {
    const server = await serve();
    const channel = createChannel(`127.0.0.1:${server.port}`);
    cleanups.push(() => channel.close());
    const health = createClient(HealthDefinition, channel);
    expect((await health.check({ service: 'clair.indexer.v1.IndexerService' })).status).toBe(1);
    const seen: number[] = [];
    let stopping: Promise<void> | undefined;
    const watch = async () => {
      for await (const { status } of health.watch({ service: '' })) {
        seen.push(status);
        stopping ??= server.stop(300);
      }
    };
    await expect(watch()).rejects.toThrow('the server is stopping');
    await stopping;
    expect(seen).toEqual([1, 2]);
  });

  it('lists its services by reflection', async () => {
    const { port } = await serve({}, { descriptors: readDescriptorSet() });
    const client = new RawClient(`127.0.0.1:${port}`, credentials.createInsecure());
    cleanups.push(() => client.close());
    const asBytes = (bytes: Buffer) => bytes;
    const call = client.makeBidiStreamRequest(
      '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
      asBytes,
      asBytes,
    );
    // Field 7 of ServerReflectionRequest, `list_services`, with an empty string.
    call.write(Buffer.from([0x3a, 0x00]));
    const [answer] = await once(call, 'data');
    call.end();
    expect(String(answer)).toContain('clair.indexer.v1.IndexerService');
  });

  it('logs a failed call once, with its stack when it is ours to mend, and counts calls', async () => {
    const metrics = createMetrics({ processMetrics: false });
    const overrides: Partial<IndexerServiceImplementation> = {
      getIndexReport: () => Promise.reject(new ServiceError('not-found', 'no such manifest')),
      deleteManifests: () => Promise.reject(new Error('a secret')),
    };
    const client = connect((await serve(overrides, { metrics })).port);
    await client.getIndexReport({}).catch(() => undefined);
    await client.deleteManifests({}).catch(() => undefined);
    await client.getIndexState({});
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({
        level: 'error',
        code: 'INTERNAL',
        err: expect.objectContaining({ message: 'a secret' }),
      }),
    ]);
    const text = await metrics.registry.metrics();
    for (const code of [
      'method="/clair.indexer.v1.IndexerService/GetIndexReport",code="NOT_FOUND"',
      'code="INTERNAL"',
      'code="OK"',
    ]) {
      expect(text).toContain(`${code}} 1`);
    }
  });

  it('rejects when it cannot listen', async () => {
    const { port } = await serve();
    await expect(serve({}, { listen: `127.0.0.1:${port}` })).rejects.toThrow(/EADDRINUSE/);
  });

  it('gives calls in flight their time when it stops, and then ends them', async () => {
    const entered = Promise.withResolvers<void>();
    const slow = await serve({
      async getIndexState() {
        entered.resolve();
        await new Promise((resolve) => setTimeout(resolve, 100));
        return { state: 'in time' };
      },
    });
    const answer = connect(slow.port).getIndexState({});
    await entered.promise;
    await slow.stop(5000);
    expect((await answer).state).toBe('in time');

    const reached = Promise.withResolvers<void>();
    const stuck = await serve({
      getIndexState: () => {
        reached.resolve();
        return new Promise(() => undefined);
      },
    });
    const lost = connect(stuck.port, { deadlineMs: 3000 }).getIndexState({});
    lost.catch(() => undefined);
    await reached.promise;
    const startedMs = performance.now();
    await stuck.stop(50);
    expect(performance.now() - startedMs).toBeLessThan(2000);
    await expect(lost).rejects.toBeInstanceOf(Unavailable);
  });

  it('wants a token when it is given keys, but not for health checks', async () => {
    const auth = { signingKey: Buffer.from('k'), keys: [Buffer.from('k')], issuers: ['clair-intraservice'] };
    const { port } = await serve({}, { auth });
    await expect(connect(port).getIndexState({})).rejects.toMatchObject({ kind: 'unauthenticated' });
    const token = () => mintToken({ key: auth.signingKey, issuer: 'clair-intraservice', nowMs: Date.now() });
    expect((await connect(port, { token }).getIndexState({})).state).toBe('abc');
    const channel = createChannel(`127.0.0.1:${port}`);
    cleanups.push(() => channel.close());
    expect((await createClient(HealthDefinition, channel).check({ service: '' })).status).toBe(1);
  });
});

describe('connectService', () => {
  it('retries what is idempotent, and nothing else', async () => {
    let calls = 0;
    const failing = () => {
      calls += 1;
      return calls < 3 ? Promise.reject(new Unavailable('not yet')) : Promise.resolve({ state: 'up' });
    };
    const client = connect((await serve({ getIndexState: failing })).port);
    expect((await client.getIndexState({})).state).toBe('up');
    expect(calls).toBe(3);
    let streams = 0;
    const other = await serve({
      async *findAffectedManifests() {
        streams += 1;
        yield await Promise.reject(new Unavailable('not yet'));
      },
    });
    const read = async () => {
      for await (const _ of connect(other.port).findAffectedManifests(none()));
    };
    await expect(read()).rejects.toBeInstanceOf(Unavailable);
    expect(streams).toBe(1);
  });

  it('is Unavailable while the server is away, and works again when it is back', async () => {
    const first = await serve();
    const client = connect(first.port);
    expect((await client.getIndexState({})).state).toBe('abc');
    await first.stop(0);
    await expect(client.getIndexState({})).rejects.toBeInstanceOf(Unavailable);
    await serve({ getIndexState: async () => ({ state: 'back' }) }, { listen: `127.0.0.1:${first.port}` });
    let state = '';
    for (let attempt = 0; attempt < 10 && state !== 'back'; attempt += 1) {
      state = await client.getIndexState({}).then(
        (answer) => answer.state,
        () => '',
      );
    }
    expect(state).toBe('back');
  });

  it('refuses a message above the limit without calling it "too many requests"', async () => {
    const client = connect(
      (await serve({ deleteManifests: async () => ({ hashes: ['x'.repeat(65 * 1024 * 1024)] }) })).port,
    );
    await expect(client.deleteManifests({})).rejects.toMatchObject({ name: 'RemoteFailure' });
  });
});

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

describe.skipIf(!hasOpenssl)('mutual TLS (needs openssl on the PATH)', () => {
  it('lets in only clients with a certificate of the authority', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'clair-tls-'));
    cleanups.push(() => rmSync(folder, { recursive: true }));
    const file = (name: string) => join(folder, name);
    const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
    const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    for (const authority of ['ca', 'other']) {
      openssl(
        'req',
        '-x509',
        ...newKey,
        '-subj',
        `/CN=${authority}`,
        '-keyout',
        `${authority}.key`,
        '-out',
        `${authority}.pem`,
      );
      openssl(
        'req',
        ...newKey,
        '-subj',
        '/CN=localhost',
        '-addext',
        'subjectAltName=DNS:localhost',
        '-keyout',
        `${authority}-leaf.key`,
        '-out',
        `${authority}-leaf.csr`,
      );
      openssl(
        'x509',
        '-req',
        '-in',
        `${authority}-leaf.csr`,
        '-CA',
        `${authority}.pem`,
        '-CAkey',
        `${authority}.key`,
        '-CAcreateserial',
        '-copy_extensions',
        'copy',
        '-out',
        `${authority}-leaf.pem`,
      );
    }
    const leaf = { cert: file('ca-leaf.pem'), key: file('ca-leaf.key') };
    const { port } = await serve({}, { tls: { ...leaf, client_ca: file('ca.pem') } });
    const stranger = { cert: file('other-leaf.pem'), key: file('other-leaf.key'), ca: file('ca.pem') };
    expect((await connect(port, { tls: { ...leaf, ca: file('ca.pem') } }).getIndexState({})).state).toBe('abc');
    const shortly = { deadlineMs: 1500 };
    await expect(connect(port, { tls: stranger, ...shortly }).getIndexState({})).rejects.toBeInstanceOf(Unavailable);
    await expect(connect(port, shortly).getIndexState({})).rejects.toBeInstanceOf(Unavailable);
    const trustsOther = { ...leaf, ca: file('other.pem') };
    await expect(connect(port, { tls: trustsOther, ...shortly }).getIndexState({})).rejects.toBeInstanceOf(Unavailable);
  });
});

async function* none(): AsyncGenerator<never> {}
