import { describe, expect, it } from 'vitest';
import { isForeignLayer, MEDIA_TYPES, readManifest } from './manifest.ts';

const DIGEST = `sha256:${'ab'.repeat(32)}`;
const CONFIG = { mediaType: 'application/vnd.oci.image.config.v1+json', digest: DIGEST, size: 2 };
const LAYER = { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest: DIGEST, size: 3 };

function read(document: unknown, contentType = '') {
  return readManifest(
    Buffer.from(typeof document === 'string' ? document : JSON.stringify(document)),
    contentType,
    'x',
  );
}

describe('images', () => {
  it.each([
    ['OCI', { schemaVersion: 2, mediaType: MEDIA_TYPES.ociManifest, config: CONFIG, layers: [LAYER] }, ''],
    ['OCI without a media type', { schemaVersion: 2, config: CONFIG, layers: [LAYER] }, ''],
    [
      'Docker',
      {
        schemaVersion: 2,
        mediaType: MEDIA_TYPES.dockerManifest,
        config: { ...CONFIG, mediaType: 'application/vnd.docker.container.image.v1+json' },
        layers: [{ ...LAYER, mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip' }],
      },
      MEDIA_TYPES.dockerManifest,
    ],
    [
      'with parameters in the content type',
      { config: CONFIG, layers: [LAYER] },
      `${MEDIA_TYPES.ociManifest}; charset=utf-8`,
    ],
    [
      'layers of odd types',
      {
        config: CONFIG,
        layers: [
          { ...LAYER, mediaType: 'application/octet-stream' },
          { ...LAYER, mediaType: 'application/x-gzip' },
        ],
      },
      '',
    ],
    ['no layers', { config: CONFIG, layers: [] }, ''],
  ])('%s', (_, document, contentType) => {
    expect(read(document, contentType)).toMatchObject({
      ok: true,
      value: { kind: 'image', config: { digest: DIGEST } },
    });
  });
});

it('reads an index with what it does not know in it', () => {
  const entry = {
    mediaType: 'application/vnd.example+json',
    digest: DIGEST,
    size: 1,
    platform: { os: 'linux', architecture: 'aarch64', 'os.version': '1' },
    annotations: { a: 'b', c: 1 },
  };
  const manifest = read({ schemaVersion: 2, manifests: [entry], subject: {} }, MEDIA_TYPES.ociIndex);
  expect(manifest).toMatchObject({
    ok: true,
    value: {
      kind: 'index',
      manifests: [{ platform: { os: 'linux', architecture: 'arm64', variant: '' }, annotations: { a: 'b' } }],
    },
  });
});

describe('what is no image', () => {
  it.each([
    ['schema 1', { schemaVersion: 1, name: 'a', fsLayers: [], history: [] }, 'schema-1'],
    [
      'schema 1 by its type',
      { schemaVersion: 2, mediaType: 'application/vnd.docker.distribution.manifest.v1+prettyjws' },
      'schema-1',
    ],
    [
      'a Helm chart',
      { config: { ...CONFIG, mediaType: 'application/vnd.cncf.helm.config.v1+json' }, layers: [] },
      'not-an-image',
    ],
    [
      'an artifact with an empty config',
      {
        artifactType: 'application/spdx+json',
        config: { ...CONFIG, mediaType: 'application/vnd.oci.empty.v1+json' },
        layers: [LAYER],
      },
      'not-an-image',
    ],
    [
      'an attestation',
      { config: CONFIG, layers: [{ ...LAYER, mediaType: 'application/vnd.in-toto+json' }] },
      'not-an-image',
    ],
    [
      'an encrypted layer',
      { config: CONFIG, layers: [{ ...LAYER, mediaType: `${LAYER.mediaType}+encrypted` }] },
      'not-an-image',
    ],
    ['something else', { hello: 1 }, 'not-an-image'],
    ['both at once', { config: CONFIG, layers: [LAYER], manifests: [] }, 'malformed'],
    ['an index that says it is a manifest', { mediaType: MEDIA_TYPES.ociManifest, manifests: [] }, 'malformed'],
    [
      'a manifest that says it is an index',
      { mediaType: MEDIA_TYPES.dockerList, config: CONFIG, layers: [] },
      'malformed',
    ],
    ['HTML', '<html>', 'malformed'],
    ['a list', [], 'malformed'],
    ['null', null, 'malformed'],
    ['a digest that is none', { config: CONFIG, layers: [{ ...LAYER, digest: '../../etc/passwd' }] }, 'malformed'],
    ['a negative size', { config: CONFIG, layers: [{ ...LAYER, size: -1 }] }, 'malformed'],
    ['too many layers', { config: CONFIG, layers: Array.from({ length: 1001 }, () => LAYER) }, 'malformed'],
    ['layers that are no list', { config: CONFIG, layers: {} }, 'malformed'],
    ['no config', { layers: [] }, 'malformed'],
  ])('%s', (_, document, kind) => {
    expect(read(document)).toMatchObject({ ok: false, error: { kind, retryable: false } });
  });
});

it('knows foreign layers, and keeps only URLs that can be fetched', () => {
  const foreign = {
    ...LAYER,
    mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
    urls: ['https://example.com/l', 'file:///etc/passwd', 1],
  };
  const manifest = read({ config: CONFIG, layers: [foreign] });
  expect(manifest).toMatchObject({ ok: true, value: { layers: [{ urls: ['https://example.com/l'] }] } });
  expect(isForeignLayer(foreign.mediaType)).toBe(true);
  expect(isForeignLayer('application/vnd.oci.image.layer.nondistributable.v1.tar+zstd')).toBe(true);
  expect(isForeignLayer(LAYER.mediaType)).toBe(false);
});
