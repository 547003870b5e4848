import { createHash } from 'node:crypto';
import { ok } from '@clair/model';
import { createGuard } from '../http/address-guard.ts';
import { answer, type Handler, serve, type TestServer } from '../http/http-server.fixture.ts';
import type { Credentials } from './credentials.ts';
import { parseReference } from './image-reference.ts';
import { MEDIA_TYPES } from './manifest.ts';
import { type ResolveOptions, resolveImage } from './resolve-image.ts';

export const guard = createGuard({ allowPrivate: true, allowLoopback: true });
export const NEVER = new AbortController().signal;
export const LAYER = Buffer.from('the bytes of a layer');
const servers: TestServer[] = [];

/** Ends what {@link start} began. */
export async function stopServers(): Promise<void> {
  await Promise.all(servers.splice(0).map((server) => server.close()));
}

export async function start(routes: Readonly<Record<string, Handler>>): Promise<TestServer> {
  const server = await serve(routes);
  servers.push(server);
  return server;
}

export function sha256(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

export function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

export const CONFIG = json({ os: 'linux', architecture: 'amd64' });
export const MANIFEST = json({
  schemaVersion: 2,
  mediaType: MEDIA_TYPES.ociManifest,
  config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: sha256(CONFIG), size: CONFIG.length },
  layers: [
    { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest: sha256(LAYER), size: LAYER.length },
    {
      mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
      digest: sha256(LAYER),
      size: LAYER.length,
      urls: ['https://example.com/foreign'],
    },
  ],
});

/** One repository `team/app` with the tag `v1`; every request passes `gate` first. */
export function repository(
  gate: (request: { readonly authorization: string | undefined; readonly base: string }) => Handler | undefined,
  base: () => string,
) {
  const guarded =
    (handler: Handler): Handler =>
    (request, response) => {
      const refused = gate({ authorization: request.headers.authorization, base: base() });
      (refused ?? handler)(request, response);
    };
  const manifest = guarded(answer(MANIFEST, { 'content-type': MEDIA_TYPES.ociManifest }));
  return {
    '/v2/team/app/manifests/v1': manifest,
    [`/v2/team/app/manifests/${sha256(MANIFEST)}`]: manifest,
    [`/v2/team/app/blobs/${sha256(CONFIG)}`]: guarded(answer(CONFIG)),
    [`/v2/team/app/blobs/${sha256(LAYER)}`]: guarded(answer(LAYER)),
  };
}

export async function resolve(text: string, options: Partial<ResolveOptions> = {}) {
  const reference = parseReference(text);
  if (!reference.ok) throw new Error(reference.error.message);
  return resolveImage(reference.value, {
    guard,
    signal: NEVER,
    timeoutMs: 5000,
    idleMs: 2000,
    attemptsMax: 1,
    ...options,
  });
}

export function having(credentials: Credentials): Pick<ResolveOptions, 'credentials'> {
  return { credentials: async () => ok(credentials) };
}

export const BASIC = { kind: 'basic', username: 'u', password: 'p' } as const;
export const BASIC_HEADER = `Basic ${Buffer.from('u:p').toString('base64')}`;
