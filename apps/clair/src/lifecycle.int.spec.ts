import { execFileSync, spawnSync } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REPOSITORY_ROOT } from '@clair/testing';
import {
  createTestDatabase,
  describeWithNats,
  type NatsServer,
  startNatsServer,
  type TestDatabase,
} from '@clair/testing/services';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, notifiedBy } from '../test-support/api-call.ts';
import { ClairProcess } from '../test-support/clair-process.ts';
import { type ClairSystem, SERVICES, startSystem } from '../test-support/clair-system.ts';
import { eventually } from '../test-support/eventually.ts';
import { type HeldFiles, serveHeldFiles } from '../test-support/held-files.ts';
import { debianImage, manifestOf, publish } from '../test-support/images.ts';
import { freePorts } from '../test-support/loopback-server.ts';
import { trackerFeed } from '../test-support/tracker-feed.ts';
import { receiveWebhooks, type WebhookReceiver } from '../test-support/webhook-receiver.ts';

const FEED = '/tracker/data/json';
const MAIN = join(REPOSITORY_ROOT, 'apps', 'clair', 'src', 'main.ts');

/** A token as any JWT library makes it. */
function token(key: string, claims: Record<string, unknown> = {}): string {
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const seconds = Math.floor(Date.now() / 1000);
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ iss: 'quay', iat: seconds, exp: seconds + 60, ...claims })}`;
  return `${signed}.${createHmac('sha256', Buffer.from(key, 'base64')).update(signed).digest('base64url')}`;
}

/** An authority, and a certificate for 127.0.0.1 that it signed. */
function certificates(directory: string): { ca: string; cert: string; key: string } {
  const at = (name: string): string => join(directory, name);
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { stdio: 'ignore', cwd: directory });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  openssl('req', '-x509', ...newKey, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=test authority');
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    'key.pem',
    '-out',
    'cert.pem',
    '-subj',
    '/CN=clair',
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    '-addext',
    'subjectAltName=IP:127.0.0.1',
    '-addext',
    'basicConstraints=CA:FALSE',
  );
  return { ca: at('ca.pem'), cert: at('cert.pem'), key: at('key.pem') };
}

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

describeWithNats('four processes with PSK and mutual TLS', () => {
  const [oldKey, newKey] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];
  let directory: string;
  let nats: NatsServer;
  let database: TestDatabase;
  let files: HeldFiles;
  let hook: WebhookReceiver;
  let system: ClairSystem;
  const image = debianImage('secured');
  const bearer = (key: string, claims?: Record<string, unknown>) => ({ authorization: `Bearer ${token(key, claims)}` });

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'clair-lifecycle-'));
    [nats, database, files, hook] = await Promise.all([
      startNatsServer(),
      createTestDatabase(),
      serveHeldFiles(),
      receiveWebhooks(),
    ]);
    publish(image, files);
    files.put(FEED, trackerFeed(3));
    const tls = hasOpenssl ? certificates(directory) : undefined;
    system = await startSystem({
      connstring: database.connstring,
      nats: nats.url,
      feedUrl: `${files.url}${FEED}`,
      webhookUrl: `${hook.url}/hook`,
      config: {
        auth: { psk: { key: newKey, keys: [oldKey], iss: ['quay'] } },
        ...(tls && { grpc: { tls: { ...tls, client_ca: tls.ca } } }),
      },
    });
  });

  afterAll(async () => {
    await system?.stop();
    await Promise.all([nats?.remove(), files?.close(), hook?.close()]);
    await database?.drop();
    await rm(directory, { recursive: true, force: true });
  });

  it.each<[string, Record<string, string>, number]>([
    ['no token', {}, 401],
    ['something that is no token', { authorization: 'Bearer nonsense' }, 401],
    ['a token of another key', bearer(randomBytes(32).toString('base64')), 401],
    ['a token of another issuer', bearer(newKey, { iss: 'somebody' }), 401],
    ['a token that has expired', bearer(newKey, { exp: 1_000_000_000 }), 401],
    ['a token without an expiry', bearer(newKey, { exp: undefined }), 401],
    ['a token of the new key', bearer(newKey), 200],
    ['a token of the old key, while both are accepted', bearer(oldKey), 200],
  ])('answer a caller with %s', async (_what, headers, status) => {
    expect((await call(system, { path: '/indexer/api/v1/index_state', headers })).status).toBe(status);
  });

  it('work with one another, and sign what they send', async () => {
    const headers = bearer(newKey);
    const body = manifestOf(image, files);
    expect((await call(system, { method: 'POST', path: '/indexer/api/v1/index_report', body, headers })).status).toBe(
      201,
    );
    const run = { method: 'POST', path: '/updater/api/v2/feeds/run', body: {}, headers } as const;
    expect(JSON.parse((await call(system, run)).body).runs[0]).toMatchObject({ outcome: 'changed', error: '' });
    const path = `/matcher/api/v1/vulnerability_report/${image.manifest.digest}`;
    const report = JSON.parse((await call(system, { path, headers })).body);
    expect(Object.keys(report.vulnerabilities)).toHaveLength(3);
    files.put(FEED, trackerFeed(4));
    await call(system, run);
    await eventually('a webhook', () => hook.accepted.length > 0);
    const [first] = hook.received;
    const [, claims = ''] = (first?.authorization ?? '').split('.');
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({ iss: 'clair-notifier' });
    expect(await notifiedBy(first?.callback ?? '', headers)).toHaveLength(1);
  });

  it.skipIf(!hasOpenssl)('refuse a gRPC caller that shows no certificate', async () => {
    const [host, port] = system.grpcAddress('indexer').split(':');
    const args = ['s_client', '-connect', `${host}:${port}`, '-CAfile', join(directory, 'ca.pem'), '-alpn', 'h2'];
    const shown = ['-cert', join(directory, 'cert.pem'), '-key', join(directory, 'key.pem')];
    const connectWith = (more: string[]) =>
      spawnSync('openssl', [...args, ...more, '-ign_eof'], { input: '', timeout: 1500, encoding: 'utf8' });
    expect(connectWith([]).stderr).toMatch(/alert (number 116|certificate required)|certificate required/);
    expect(connectWith(shown).stderr).not.toMatch(/alert/);
  });

  it('drop readiness at SIGTERM, finish the request in hand, and end with 0', async () => {
    const slow = debianImage('slow');
    publish(slow, files);
    const layer = `/${slow.layers[0]?.digest}`;
    files.hold(layer);
    const body = manifestOf(slow, files);
    const headers = bearer(newKey);
    const answer = call(system, { method: 'POST', path: '/indexer/api/v1/index_report', body, headers });
    await eventually('the layer is being fetched', () => files.requests(layer) > 0);
    const indexer = system.process('indexer');
    expect(await indexer.probe('/readyz')).toBe(200);
    indexer.signal('SIGTERM');
    await eventually('it is not ready', async () => (await indexer.probe('/readyz')) === 503);
    expect(await indexer.probe('/healthz')).toBe(200);
    files.release(layer);
    expect((await answer).status).toBe(201);
    expect(await indexer.ended()).toBe(0);
    const others = SERVICES.filter((service) => service !== 'indexer').map((service) => system.process(service));
    expect(await Promise.all(others.map((one) => one.stop()))).toEqual([0, 0, 0]);
  });
});

describe('a start that cannot succeed', () => {
  let directory: string;
  let database: TestDatabase;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'clair-start-'));
    database = await createTestDatabase();
  });
  afterAll(async () => {
    await database.drop();
    await rm(directory, { recursive: true, force: true });
  });

  const anywhere = {
    http_listen_addr: '127.0.0.1:0',
    introspection_addr: '127.0.0.1:0',
    grpc: { listen_addr: '127.0.0.1:0' },
  };

  /** Everything that is said and is neither a line of the log nor a warning of the configuration, and the exit code. */
  async function run(
    config: object,
    args: readonly string[] = [],
  ): Promise<{ status: number | null; lines: string[] }> {
    const file = join(directory, `${randomBytes(4).toString('hex')}.json`);
    await writeFile(file, JSON.stringify({ ...anywhere, ...config }));
    const { status, stderr, stdout } = spawnSync(process.execPath, [MAIN, '--conf', file, ...args], {
      encoding: 'utf8',
      timeout: 50_000,
    });
    const lines = `${stdout}${stderr}`
      .split('\n')
      .filter((line) => line !== '' && !/^(\{|clair: warning: )/.test(line));
    return { status, lines };
  }

  it('says in one line that a port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    const [port] = await freePorts(1);
    server.close();
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(port, '127.0.0.1', resolve));
    const connstring = database.connstring;
    const config = {
      indexer: { connstring, migrations: true },
      matcher: { migrations: true },
      notifier: { migrations: true },
    };
    const { status, lines } = await run({ ...config, http_listen_addr: `127.0.0.1:${port}` });
    taken.close();
    expect(status).toBe(1);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^clair: cannot listen on 127\.0\.0\.1:\d+: .*EADDRINUSE.*http_listen_addr/);
  });

  it('says in one line that a schema was never made, or a database is not there', async () => {
    const missing = await run({ indexer: { connstring: database.connstring }, nats: { servers: ['127.0.0.1:1'] } }, [
      'migrate',
      '-mode',
      'indexer',
    ]);
    expect(missing).toMatchObject({ status: 0, lines: ['schemas are up to date: indexer'] });
    const connstring = new URL(database.connstring);
    connstring.pathname = '/no_such_database';
    const absent = await run({ matcher: { connstring: connstring.href } });
    expect(absent.status).toBe(1);
    expect(absent.lines).toEqual([
      'clair: cannot use the PostgreSQL of the indexer: database "no_such_database" does not exist. See that it runs, and check matcher.connstring.',
    ]);
  });

  it('waits for a NATS that is away, and ends at SIGTERM meanwhile with 0', async () => {
    const [port, nats] = await freePorts(2);
    const connstring = database.connstring;
    const config = {
      ...anywhere,
      introspection_addr: `127.0.0.1:${port}`,
      indexer: { connstring, migrations: true },
      nats: { servers: [`nats://someone:secret@127.0.0.1:${nats}`] },
    };
    const clair = new ClairProcess({ directory, name: 'waiting', mode: 'indexer', config });
    await clair.start();
    await eventually('it waits', () => clair.output.includes('waiting for NATS'));
    expect(await clair.probe('/healthz')).toBe(200);
    expect(await clair.probe('/readyz')).toBe(503);
    expect(await clair.stop()).toBe(0);
    expect(clair.output).not.toContain('secret');
  });

  it('names every problem of the updaters before it touches a database', async () => {
    const updaters = { sets: ['debian', 'nosuch'], config: { debian: { jsonurl: 'x' } } };
    const own = await createTestDatabase();
    const { connstring } = own;
    const services = Object.fromEntries(SERVICES.map((service) => [service, { connstring, migrations: true }]));
    try {
      const { status, lines } = await run({ ...services, updaters });
      expect(status).toBe(1);
      expect(lines).toEqual([
        expect.stringMatching(
          /^clair: the configuration cannot be used: updaters\.sets: there is no set nosuch.*; updaters\.config\.debian: unknown key jsonurl; known: [a-z_, ]+\.$/,
        ),
      ]);
      const schemas = `select nspname from pg_namespace where nspname = any($1)`;
      const client = new pg.Client({ connectionString: connstring });
      await client.connect();
      expect((await client.query(schemas, [SERVICES])).rows).toEqual([]);
      await client.end();
    } finally {
      await own.drop();
    }
  });

  it('names every problem of a configuration with its place', async () => {
    const { status, lines } = await run({ nonsense: 1, matcher: { period: 'soon' } }, ['-mode', 'matcher']);
    expect(status).toBe(1);
    expect(lines.join('\n')).toMatch(/nonsense/);
    expect(lines.join('\n')).toMatch(/matcher\.period/);
    expect(lines.join('\n')).not.toMatch(/\n\s+at /);
  });
});
