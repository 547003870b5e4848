import { type Digest, err, ok } from '@clair/model';
import { describe, expect, it } from 'vitest';
import { imageError } from './image-error.ts';
import { type ImageStore, sha256Of } from './image-store.ts';
import { MEDIA_TYPES } from './manifest.ts';
import { parsePlatform } from './platform.ts';
import { readRoot, selectImage } from './select-image.ts';

/** Documents by digest, and how often they were asked for. */
class Documents {
  readonly #bytes = new Map<string, Buffer>();
  fetched: string[] = [];

  add(document: unknown): { digest: Digest; size: number } {
    const bytes = Buffer.from(JSON.stringify(document));
    this.#bytes.set(sha256Of(bytes), bytes);
    return { digest: sha256Of(bytes), size: bytes.length };
  }

  image(architecture: string, label = ''): { digest: Digest; size: number; mediaType: string } {
    const config = {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      ...this.add({ os: 'linux', architecture, label }),
    };
    return { mediaType: MEDIA_TYPES.ociManifest, ...this.add({ config, layers: [] }) };
  }

  index(manifests: readonly unknown[]): { digest: Digest; size: number; mediaType: string } {
    return { mediaType: MEDIA_TYPES.ociIndex, ...this.add({ manifests }) };
  }

  bytes(digest: string): Buffer {
    return this.#bytes.get(digest) ?? Buffer.alloc(0);
  }

  replace(digest: string, bytes: Buffer): void {
    this.#bytes.set(digest, bytes);
  }

  get store(): ImageStore {
    const read = async (digest: Digest) => {
      this.fetched.push(digest);
      const bytes = this.#bytes.get(digest);
      return bytes === undefined ? err(imageError('not-found', digest)) : ok(bytes);
    };
    return {
      name: 'test',
      manifest: async (digest) => {
        const bytes = await read(digest);
        return bytes.ok ? ok({ bytes: bytes.value, mediaType: '' }) : bytes;
      },
      config: ({ digest }) => read(digest),
      layer: ({ digest, mediaType, size }) => ({ digest, mediaType, size, uri: '', headers: {}, foreign: false }),
    };
  }

  async select(root: { digest: Digest }, platform?: string) {
    const read = readRoot(this.bytes(root.digest), { digest: root.digest, mediaType: '', name: 'test' });
    if (!read.ok) return read;
    const wanted = platform === undefined ? undefined : parsePlatform(platform);
    return selectImage(this.store, read.value, wanted?.ok === true ? wanted.value : undefined);
  }
}

const AMD64 = { os: 'linux', architecture: 'amd64' };
const ARM64 = { os: 'linux', architecture: 'arm64', variant: 'v8' };

describe('an index', () => {
  const documents = new Documents();
  const amd64 = documents.image('amd64');
  const arm64 = documents.image('arm64');
  const index = documents.index([
    {
      ...documents.image('unknown', 'attestation'),
      platform: { os: 'unknown', architecture: 'unknown' },
      annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
    },
    { ...arm64, platform: ARM64 },
    { ...amd64, platform: AMD64 },
    { ...documents.image('amd64', 'the same again'), platform: AMD64 },
    { mediaType: 'application/vnd.example+json', digest: amd64.digest, size: 1 },
  ]);

  it('gives linux/amd64 when nobody asks, and the first of two', async () => {
    expect(await documents.select(index)).toMatchObject({ ok: true, value: { digest: amd64.digest, platform: AMD64 } });
  });

  it('gives what is asked for', async () => {
    expect(await documents.select(index, 'linux/arm64')).toMatchObject({ ok: true, value: { digest: arm64.digest } });
  });

  it('lists what there is when that is missing', async () => {
    const error = { kind: 'no-such-platform', message: expect.stringContaining('linux/amd64, linux/arm64/v8') };
    expect(await documents.select(index, 'linux/s390x')).toMatchObject({ ok: false, error });
  });

  it('takes the only platform when nobody asks for one, and refuses it when another is asked for', async () => {
    const only = documents.index([{ ...arm64, platform: ARM64 }]);
    expect(await documents.select(only)).toMatchObject({ ok: true, value: { digest: arm64.digest } });
    expect(await documents.select(only, 'linux/amd64')).toMatchObject({
      ok: false,
      error: { kind: 'no-such-platform' },
    });
    const two = documents.index([
      { ...arm64, platform: ARM64 },
      { ...arm64, platform: { os: 'linux', architecture: 's390x' } },
    ]);
    expect(await documents.select(two)).toMatchObject({ ok: false, error: { kind: 'no-such-platform' } });
  });

  it('of entries without a platform is decided by the images themselves', async () => {
    const silent = documents.index([arm64, amd64]);
    expect(await documents.select(silent, 'linux/amd64')).toMatchObject({ ok: true, value: { digest: amd64.digest } });
  });

  it('may be in an index', async () => {
    const nested = documents.index([
      documents.index([
        { ...arm64, platform: ARM64 },
        { ...documents.image('s390x'), platform: { os: 'linux', architecture: 's390x' } },
      ]),
      index,
    ]);
    expect(await documents.select(nested)).toMatchObject({ ok: true, value: { digest: amd64.digest } });
  });

  it('may not be in itself, nor in too many', async () => {
    let deep = index;
    for (let depth = 0; depth < 5; depth++) deep = documents.index([deep]);
    expect(await documents.select(deep)).toMatchObject({ ok: false, error: { kind: 'limit' } });
    const wide = documents.index(Array.from({ length: 40 }, () => documents.index([])));
    expect(await documents.select(wide)).toMatchObject({ ok: false, error: { kind: 'limit' } });
  });

  it('of nothing but attestations holds no image', async () => {
    const attestation = { ...amd64, platform: { os: 'unknown', architecture: 'unknown' } };
    const error = { kind: 'no-such-platform', message: expect.stringContaining('it holds no image') };
    expect(await documents.select(documents.index([attestation]))).toMatchObject({ ok: false, error });
  });
});

describe('an image alone', () => {
  it('is taken whatever its platform, unless another is asked for', async () => {
    const documents = new Documents();
    const arm64 = documents.image('arm64');
    expect(await documents.select(arm64)).toMatchObject({ ok: true, value: { platform: { architecture: 'arm64' } } });
    expect(await documents.select(arm64, 'linux/arm64')).toMatchObject({ ok: true });
    expect(await documents.select(arm64, 'linux/amd64')).toMatchObject({
      ok: false,
      error: { kind: 'no-such-platform' },
    });
  });
});

it('verifies every manifest and configuration that it reads', async () => {
  const documents = new Documents();
  const image = documents.image('amd64');
  const index = documents.index([{ ...image, platform: AMD64 }]);
  const before = documents.bytes(image.digest);
  documents.replace(image.digest, Buffer.from(`${before.toString()} `));
  expect(await documents.select(index)).toMatchObject({ ok: false, error: { kind: 'digest-mismatch' } });
  documents.replace(image.digest, before);
  const [, config = ''] = /"digest":"(sha256:[0-9a-f]+)"/.exec(before.toString()) ?? [];
  documents.replace(config, Buffer.from('{}'));
  expect(await documents.select(image)).toMatchObject({ ok: false, error: { kind: 'digest-mismatch' } });
});
