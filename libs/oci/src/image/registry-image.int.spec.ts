import { Agent } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import type { AddressGuard } from '../http/address-guard.ts';
import { answer, type Handler, serve, type TestServer } from '../http/http-server.fixture.ts';
import { MEDIA_TYPES } from './manifest.ts';
import {
  CONFIG,
  guard,
  json,
  LAYER,
  MANIFEST,
  repository,
  resolve,
  sha256,
  start,
  stopServers,
} from './registry.fixture.ts';

afterEach(stopServers);

describe('an open registry', () => {
  it('gives an image by tag and by digest', async () => {
    const server: TestServer = await start(
      repository(
        () => undefined,
        () => '',
      ),
    );
    const host = `127.0.0.1:${server.port}`;
    const image = await resolve(`${host}/team/app:v1`);
    expect(image).toMatchObject({
      ok: true,
      value: {
        digest: sha256(MANIFEST),
        platform: { os: 'linux', architecture: 'amd64' },
        layers: [
          {
            digest: sha256(LAYER),
            size: LAYER.length,
            uri: `http://${host}/v2/team/app/blobs/${sha256(LAYER)}`,
            headers: {},
            foreign: false,
          },
          { uri: 'https://example.com/foreign', headers: {}, foreign: true },
        ],
      },
    });
    expect(await resolve(`${host}/team/app:other@${sha256(MANIFEST)}`)).toEqual(image);
    expect(server.seen[0]?.headers.accept?.toString().split(', ').sort()).toEqual(Object.values(MEDIA_TYPES).sort());
    expect(server.seen.every(({ headers }) => headers.authorization === undefined)).toBe(true);
  });

  it('is not believed about digests', async () => {
    const asked = `sha256:${'0'.repeat(64)}`;
    const { port } = await start({
      [`/v2/team/app/manifests/${asked}`]: answer(MANIFEST, { 'docker-content-digest': asked }),
    });
    expect(await resolve(`127.0.0.1:${port}/team/app@${asked}`)).toMatchObject({
      ok: false,
      error: { kind: 'digest-mismatch' },
    });
  });

  it.each<[string, Handler, string]>([
    ['nothing', (_, response) => void response.writeHead(404).end('{}'), 'not-found'],
    [
      'schema 1',
      answer(json({ schemaVersion: 1, fsLayers: [] }), {
        'content-type': 'application/vnd.docker.distribution.manifest.v1+prettyjws',
      }),
      'schema-1',
    ],
    [
      'a chart',
      answer(
        json({
          config: { mediaType: 'application/vnd.cncf.helm.config.v1+json', digest: sha256(CONFIG), size: 1 },
          layers: [],
        }),
      ),
      'not-an-image',
    ],
    ['HTML', answer('<html>'), 'malformed'],
    ['more than 4 MiB', answer(Buffer.alloc(4 * 1024 * 1024 + 1, ' ')), 'limit'],
    ['an error', (_, response) => void response.writeHead(500).end(), 'http'],
    ['silence', () => undefined, 'timeout'],
  ])('that answers with %s', async (_, handler, kind) => {
    const { port } = await start({ '/v2/team/app/manifests/v1': handler });
    const image = await resolve(`127.0.0.1:${port}/team/app:v1`, { idleMs: 100 });
    expect(image).toMatchObject({ ok: false, error: { kind, message: expect.stringContaining('team/app') } });
  });

  it('that is away', async () => {
    const { port, close } = await serve({});
    await close();
    expect(await resolve(`127.0.0.1:${port}/team/app:v1`)).toMatchObject({
      ok: false,
      error: { kind: 'unreachable', retryable: true },
    });
  });
});

describe('a registry elsewhere', () => {
  /** As if the name resolved: everything is at this machine. */
  const resolving: AddressGuard = {
    ...guard,
    dispatcher: new Agent({
      connect: { lookup: (_host, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]) },
    }),
  };

  it('is asked over http only when that is allowed', async () => {
    const server = await start(
      repository(
        () => undefined,
        () => '',
      ),
    );
    const reference = `registry.test:${server.port}/team/app:v1`;
    const refused = await resolve(reference, { guard: resolving });
    expect(refused).toMatchObject({
      ok: false,
      error: { kind: 'unreachable', message: expect.stringContaining('https://registry.test') },
    });
    expect(server.seen).toEqual([]);
    const image = await resolve(reference, { guard: resolving, insecure: true });
    expect(image).toMatchObject({
      ok: true,
      value: { layers: [{ uri: expect.stringContaining(`http://registry.test:${server.port}/v2/`) }, {}] },
    });
  });
});

it('ends with the reason of the signal', async () => {
  const { port } = await start({ '/v2/team/app/manifests/v1': () => undefined });
  const control = new AbortController();
  setTimeout(() => control.abort(new Error('enough')), 30);
  await expect(resolve(`127.0.0.1:${port}/team/app:v1`, { signal: control.signal })).rejects.toThrow('enough');
});
