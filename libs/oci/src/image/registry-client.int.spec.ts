import { afterEach, describe, expect, it } from 'vitest';
import { answer, type Handler, redirect, type TestServer } from '../http/http-server.fixture.ts';
import { DEFAULT_LAYER_LIMITS } from '../layer/layer-limits.ts';
import { openLayer } from '../layer/open-layer.ts';
import {
  BASIC,
  BASIC_HEADER,
  CONFIG,
  guard,
  having,
  json,
  LAYER,
  MANIFEST,
  NEVER,
  repository,
  resolve,
  sha256,
  start,
  stopServers,
} from './registry.fixture.ts';

afterEach(stopServers);

describe('the token flow', () => {
  /** A registry and its token server, which is another host to a client. */
  async function withTokens(tokens: Handler): Promise<TestServer> {
    const gate = ({
      authorization,
      base,
    }: {
      readonly authorization: string | undefined;
      readonly base: string;
    }): Handler | undefined => {
      if (authorization === 'Bearer good.token') return undefined;
      const challenge = `Bearer realm="${base}/token?account=x",service="registry.test",scope="repository:team/app:pull"`;
      return (_, response) => void response.writeHead(401, { 'www-authenticate': challenge }).end('{}');
    };
    const server: TestServer = await start({ ...repository(gate, () => server.otherUrl), '/token': tokens });
    return server;
  }

  const token: Handler = answer(json({ token: 'good.token', expires_in: 60 }));

  it('without credentials', async () => {
    const server = await withTokens(token);
    const image = await resolve(`127.0.0.1:${server.port}/team/app:v1`);
    expect(image).toMatchObject({
      ok: true,
      value: { layers: [{ headers: { Authorization: ['Bearer good.token'] } }, { headers: {} }] },
    });
    expect(server.seen.map(({ path, headers }) => [path.split('?')[0], headers.authorization])).toEqual([
      ['/v2/team/app/manifests/v1', undefined],
      ['/token', undefined],
      ['/v2/team/app/manifests/v1', 'Bearer good.token'],
      [`/v2/team/app/blobs/${sha256(CONFIG)}`, 'Bearer good.token'],
    ]);
    const query = new URLSearchParams(server.seen[1]?.path.split('?')[1]);
    expect(Object.fromEntries(query)).toEqual({
      account: 'x',
      service: 'registry.test',
      scope: 'repository:team/app:pull',
    });
  });

  it('with a password, which only the token server sees', async () => {
    const server = await withTokens((request, response) => {
      const good = request.headers.authorization === BASIC_HEADER;
      response.writeHead(good ? 200 : 401).end(json({ access_token: good ? 'good.token' : '' }));
    });
    expect(await resolve(`127.0.0.1:${server.port}/team/app:v1`, having(BASIC))).toMatchObject({ ok: true });
    const withPassword = server.seen.filter(({ headers }) => headers.authorization === BASIC_HEADER);
    expect(withPassword.map(({ path }) => path.split('?')[0])).toEqual(['/token']);
    const wrong = having({ ...BASIC, password: 'wrong' });
    expect(await resolve(`127.0.0.1:${server.port}/team/app:v1`, wrong)).toMatchObject({
      ok: false,
      error: { kind: 'unauthorized' },
    });
  });

  it('with an identity token, which is posted', async () => {
    let form = '';
    const server = await withTokens((request, response) => {
      request.on('data', (piece: Buffer) => {
        form += piece.toString();
      });
      request.on('end', () => response.end(json({ access_token: 'good.token' })));
    });
    expect(
      await resolve(`127.0.0.1:${server.port}/team/app:v1`, having({ kind: 'identity-token', token: 'id&1' })),
    ).toMatchObject({ ok: true });
    expect(Object.fromEntries(new URLSearchParams(form))).toEqual({
      grant_type: 'refresh_token',
      refresh_token: 'id&1',
      service: 'registry.test',
      scope: 'repository:team/app:pull',
      client_id: 'clair',
    });
  });

  it('gives the layers a header that opens them, and no other host gets it', async () => {
    const server = await withTokens(token);
    const image = await resolve(`127.0.0.1:${server.port}/team/app:v1`);
    const [layer] = image.ok ? image.value.layers : [];
    if (layer === undefined) throw new Error('no layer');
    const stream = await openLayer(layer, { limits: DEFAULT_LAYER_LIMITS, guard, signal: NEVER });
    const pieces: Uint8Array[] = [];
    if (stream.ok) for await (const piece of stream.value) pieces.push(piece);
    expect(Buffer.concat(pieces).equals(LAYER)).toBe(true);
  });

  it.each<[string, Handler, string]>([
    ['no token', answer(json({})), 'malformed'],
    ['a token that cannot stand in a header', answer(json({ token: 'a\r\nX: y' })), 'malformed'],
    ['a token that allows nothing', answer(json({ token: 'empty' })), 'unauthorized'],
    ['an error', (_, response) => void response.writeHead(503).end(), 'http'],
    ['a redirect to a metadata address', redirect(() => 'http://169.254.169.254/'), 'forbidden-address'],
  ])('that ends in %s', async (_, tokens, kind) => {
    const server = await withTokens(tokens);
    expect(await resolve(`127.0.0.1:${server.port}/team/app:v1`, having(BASIC))).toMatchObject({
      ok: false,
      error: { kind },
    });
  });
});

describe('Basic', () => {
  const gate = ({ authorization }: { readonly authorization: string | undefined }): Handler | undefined => {
    if (authorization === BASIC_HEADER) return undefined;
    return (_, response) => void response.writeHead(401, { 'www-authenticate': 'Basic realm="test"' }).end();
  };

  it('sends the password only after it was asked for', async () => {
    const server = await start(repository(gate, () => ''));
    const image = await resolve(`127.0.0.1:${server.port}/team/app:v1`, having(BASIC));
    expect(image).toMatchObject({
      ok: true,
      value: { layers: [{ headers: { Authorization: [BASIC_HEADER] } }, { headers: {} }] },
    });
    expect(server.seen[0]?.headers.authorization).toBeUndefined();
  });

  it('with a wrong password, or none, is refused', async () => {
    const server = await start(repository(gate, () => ''));
    const reference = `127.0.0.1:${server.port}/team/app:v1`;
    expect(await resolve(reference, having({ ...BASIC, password: 'x' }))).toMatchObject({
      ok: false,
      error: { kind: 'unauthorized' },
    });
    expect(await resolve(reference)).toMatchObject({ ok: false, error: { kind: 'unauthorized' } });
  });

  it('does not follow a redirect to another host', async () => {
    const other = await start({ '/manifest': answer(MANIFEST) });
    const server = await start({
      '/v2/team/app/manifests/v1': (request, response) => {
        if (request.headers.authorization === undefined) response.writeHead(401, { 'www-authenticate': 'Basic' }).end();
        else redirect(() => `${other.url}/manifest`)(request, response);
      },
      [`/v2/team/app/blobs/${sha256(CONFIG)}`]: answer(CONFIG),
    });
    expect(await resolve(`127.0.0.1:${server.port}/team/app:v1`, having(BASIC))).toMatchObject({ ok: true });
    expect(other.seen.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });
});
