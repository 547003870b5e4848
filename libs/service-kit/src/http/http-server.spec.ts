import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { Unavailable } from '@clair/model';
import { Type } from 'typebox';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mintToken } from '../auth/psk.ts';
import { readConfigValue } from '../config/read-config.ts';
import { ServiceError } from '../errors/service-error.ts';
import { createLogger } from '../logging/logger.ts';
import { createMetrics, type Metrics } from '../metrics/metrics.ts';
import { createHttpServer, type HttpServer } from './http-server.ts';

const NOW_MS = Date.UTC(2026, 0, 1);
const BIG = 'x'.repeat(5000);

async function serverWith(document: unknown, lines: string[], metrics: Metrics): Promise<HttpServer> {
  const reading = readConfigValue(document);
  if (!reading.ok) throw new Error(JSON.stringify(reading.error));
  const log = createLogger({ level: 'info', name: 'test', destination: { write: (line) => void lines.push(line) } });
  const server = await createHttpServer({ config: reading.value.config, log, metrics, clock: () => NOW_MS });
  const params = Type.Object({ digest: Type.String() });
  const querystring = Type.Object({ page_size: Type.Optional(Type.Integer({ minimum: 1 })) });
  const body = Type.Object({ hash: Type.String() });
  server.get('/report/:digest', { schema: { params, querystring } }, async (request) => ({
    digest: request.params.digest,
    pageSize: request.query.page_size ?? null,
  }));
  server.delete('/report/:digest', { schema: { params } }, async (_request, reply) => reply.code(204).send());
  server.post('/report', { schema: { body } }, async (request) => ({ hash: request.body.hash }));
  server.get('/bug', async () => Promise.reject(new Error('a secret')));
  server.get('/away', async () => Promise.reject(new Unavailable('the host db-7 is away')));
  server.get('/busy', async (_request, reply) => {
    reply.header('link', '<x>');
    throw new ServiceError('resource-exhausted', 'too many');
  });
  server.get('/big', async () => ({ big: BIG }));
  return server;
}

describe('createHttpServer', () => {
  let server: HttpServer;
  let lines: string[];
  let metrics: Metrics;
  beforeEach(async () => {
    lines = [];
    metrics = createMetrics({ processMetrics: false });
    server = await serverWith({ http: { body_bytes_max: 2048 } }, lines, metrics);
  });
  afterEach(() => server.close());

  it.each<[string, string, string | undefined, number, string]>([
    ['GET', '/none', undefined, 404, 'not-found'],
    ['GET', '/none/%2e%2e?x', undefined, 404, 'not-found'],
    ['GET', '/report/%zz', undefined, 400, 'bad-request'],
    ['GET', '/report/x?page_size=-1', undefined, 400, 'bad-request'],
    ['GET', '/report/x?page_size=ten', undefined, 400, 'bad-request'],
    ['PUT', '/report/x', undefined, 405, 'method-not-allowed'],
    ['GET', '/report', undefined, 405, 'method-not-allowed'],
    ['POST', '/report', '{"hash":', 400, 'bad-request'],
    ['POST', '/report', '{"hash":1}', 400, 'bad-request'],
    ['POST', '/report', '{"__proto__":{"hash":"x"}}', 400, 'bad-request'],
    ['POST', '/report', '', 400, 'bad-request'],
    ['POST', '/report', 'null', 400, 'bad-request'],
    ['POST', '/report', JSON.stringify({ hash: BIG }), 413, 'payload-too-large'],
    ['GET', '/bug', undefined, 500, 'internal-error'],
    ['GET', '/away', undefined, 503, 'unavailable'],
    ['GET', '/busy', undefined, 429, 'too-many-requests'],
    ['POST', '/openapi/v1', undefined, 405, 'method-not-allowed'],
  ])('%s %s %s → %d %s', async (method, url, payload, status, code) => {
    // Safety: every row names a method of HTTP.
    const answer = await server.inject({ method: method as 'GET', url, ...(payload !== undefined && { payload }) });
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toEqual({ code, message: expect.stringMatching(/./) });
    expect(Object.keys(answer.json())).toEqual(['code', 'message']);
    expect(answer.headers['content-type']).toBe('application/json');
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    expect(answer.headers.link).toBeUndefined();
    expect(answer.body).not.toContain('secret');
    expect(answer.body).not.toContain('db-7');
  });

  it.each([
    ['/report', 'POST'],
    ['/report/x', 'DELETE, GET, HEAD'],
  ])('says in Allow what may be done with %s', async (url, allow) => {
    const answer = await server.inject({ method: 'PATCH', url });
    expect(answer.headers.allow).toBe(allow);
  });

  it.each(['application/json', 'text/plain', 'application/vnd.clair.manifest.v1+json', 'garbage', undefined])(
    'reads a body of type %s as JSON',
    async (type) => {
      const headers = type === undefined ? {} : { 'content-type': type };
      const answer = await server.inject({ method: 'POST', url: '/report', payload: '{"hash":"a"}', headers });
      expect(answer.json()).toEqual({ hash: 'a' });
    },
  );

  it('takes digests of sha512 and numbers in queries', async () => {
    const digest = `sha512:${'a'.repeat(128)}`;
    const answer = await server.inject(`/report/${encodeURIComponent(digest)}?page_size=7`);
    expect(answer.json()).toEqual({ digest, pageSize: 7 });
  });

  it('keeps a request id that can be trusted, and makes one otherwise', async () => {
    const idFor = async (id: string) =>
      (await server.inject({ url: '/robots.txt', headers: { 'x-request-id': id } })).headers['x-request-id'];
    expect(await idFor('abc-1')).toBe('abc-1');
    expect(await idFor('a b')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await idFor('x'.repeat(200))).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('compresses what is large, when asked to', async () => {
    const get = (encoding: string) => server.inject({ url: '/big', headers: { 'accept-encoding': encoding } });
    const gzipped = await get('gzip');
    expect(gzipped.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' });
    expect(JSON.parse(gunzipSync(gzipped.rawPayload).toString())).toEqual({ big: BIG });
    const zstd = await get('zstd');
    expect(JSON.parse(zstdDecompressSync(zstd.rawPayload).toString())).toEqual({ big: BIG });
    expect((await get('identity')).json()).toEqual({ big: BIG });
    expect(
      (await server.inject({ url: '/report/x', headers: { 'accept-encoding': 'gzip' } })).headers,
    ).not.toHaveProperty('content-encoding');
  });

  it('describes itself as JSON and as YAML, with an ETag that is honoured', async () => {
    const asJson = await server.inject('/openapi/v1');
    expect(asJson.headers['content-type']).toBe('application/openapi+json');
    expect(asJson.headers.vary).toBe('accept, accept-encoding');
    expect(asJson.json().openapi).toBe('3.1.0');
    expect(Object.keys(asJson.json().paths)).toEqual(expect.arrayContaining(['/report', '/report/{digest}']));
    expect(Object.keys(asJson.json().paths)).not.toContain('/openapi/v1');
    const asYaml = await server.inject({ url: '/openapi/v1', headers: { accept: 'application/yaml' } });
    expect(asYaml.body).toContain('openapi: 3.1.0');
    const again = await server.inject({
      url: '/openapi/v1',
      headers: { 'if-none-match': `"x", ${asJson.headers.etag}` },
    });
    expect([again.statusCode, again.body]).toEqual([304, '']);
    expect((await server.inject({ url: '/openapi/v1', headers: { accept: 'text/html' } })).statusCode).toBe(415);
    expect((await server.inject({ url: '/openapi/v1', headers: { accept: '///' } })).statusCode).toBe(400);
  });

  it('writes one line a request, and the stack of what is ours to mend', async () => {
    await server.inject('/report/x?secret=1');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ msg: 'request answered', route: '/report/:digest', path: '/report/x', status: 200 }),
    ]);
    lines.length = 0;
    await server.inject('/bug');
    expect(lines.map((line) => JSON.parse(line).msg)).toEqual(['request failed', 'request answered']);
    expect(lines[0]).toContain('a secret');
  });

  it('counts requests by route', async () => {
    await server.inject('/report/a');
    await server.inject('/report/b');
    await server.inject('/none');
    const text = await metrics.registry.metrics();
    expect(text).toContain(
      'clair_http_request_duration_seconds_count{method="GET",route="/report/:digest",status="200"} 2',
    );
    expect(text).toContain('clair_http_request_duration_seconds_count{method="GET",route="unknown",status="404"} 1');
  });
});

describe('createHttpServer with auth.psk', () => {
  const key = Buffer.from('the key');
  const old = Buffer.from('the old key');
  let server: HttpServer;
  beforeEach(async () => {
    const psk = { key: key.toString('base64'), keys: [old.toString('base64')], iss: ['quay'] };
    server = await serverWith({ auth: { psk } }, [], createMetrics({ processMetrics: false }));
  });
  afterEach(() => server.close());

  it.each(['/report/x', '/openapi/v1', '/none', '/robots.txt/x', '/robots.txt%2f', '//robots.txt'])(
    '%s needs a token',
    async (url) => {
      const answer = await server.inject({ url });
      expect(answer.statusCode).toBe(401);
      expect(answer.headers['www-authenticate']).toBe('Bearer realm="clair"');
      expect(answer.json()).toMatchObject({ code: 'unauthorized' });
    },
  );

  it('lets anybody read /robots.txt', async () => {
    const answer = await server.inject('/robots.txt');
    expect([answer.statusCode, answer.body]).toEqual([200, 'User-agent: *\nDisallow: /\n']);
  });

  it.each([
    ['the key', key, 'quay', 200],
    ['a key that is being rotated out', old, 'quay', 200],
    ['another of our services', key, 'clair-intraservice', 200],
    ['a stranger', key, 'mallory', 401],
    ['a wrong key', Buffer.from('guess'), 'quay', 401],
  ])('%s', async (_name, signingKey, issuer, status) => {
    const token = await mintToken({ key: signingKey, issuer, nowMs: NOW_MS });
    const answer = await server.inject({ url: '/report/x', headers: { authorization: `Bearer ${token}` } });
    expect(answer.statusCode).toBe(status);
    const challenge = status === 401 ? 'Bearer realm="clair", error="invalid_token"' : undefined;
    expect(answer.headers['www-authenticate']).toBe(challenge);
  });

  it('refuses before it reads the body', async () => {
    const answer = await server.inject({ method: 'POST', url: '/report', payload: '{"hash":' });
    expect(answer.statusCode).toBe(401);
  });
});
