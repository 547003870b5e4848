import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { END_BLOCKS, rawEntry, rawHeader } from '../tar/raw-tar.fixture.ts';
import {
  contents,
  LAYER_A,
  LAYER_B,
  layoutBlobs,
  layoutFiles,
  READ_A,
  READ_B,
  resolve,
  sha256,
} from './local-image.fixture.ts';

let directory = '';

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'clair-oci-'));
});

afterAll(async () => {
  await rm(directory, { recursive: true });
});

describe('an archive', () => {
  const config = (diffIds: readonly string[], label = '') =>
    JSON.stringify({ os: 'linux', architecture: 'amd64', label, rootfs: { diff_ids: diffIds } });

  async function writeArchive(name: string, entries: readonly Buffer[]): Promise<string> {
    const file = join(directory, name);
    await writeFile(file, Buffer.concat([...entries, END_BLOCKS]));
    return file;
  }

  it('as docker save used to write it, with a link for a layer that occurs twice', async () => {
    const json = config([sha256(LAYER_A), sha256(LAYER_B), sha256(LAYER_A)]);
    const manifest = [{ Config: 'c.json', RepoTags: ['a:b'], Layers: ['1/layer.tar', '2/layer.tar', '3/layer.tar'] }];
    const file = await writeArchive('old.tar', [
      rawHeader({ name: '1/', type: '5' }),
      rawEntry({ name: '1/layer.tar' }, LAYER_A),
      rawEntry({ name: '2/layer.tar' }, LAYER_B),
      rawHeader({ name: '3/layer.tar', type: '2', linkName: '../1/layer.tar' }),
      rawEntry({ name: 'c.json' }, json),
      rawEntry({ name: 'manifest.json' }, JSON.stringify(manifest)),
    ]);
    expect(await contents(`docker-archive:${file}`)).toEqual([READ_A, READ_B, READ_A]);
    expect(await resolve(`docker-archive:${file}`)).toMatchObject({
      ok: true,
      value: { digest: sha256(json), platform: { architecture: 'amd64' } },
    });
  });

  it('with compressed layers, whose digest is not the diff id', async () => {
    const gz = gzipSync(LAYER_A);
    const file = await writeArchive('gz.tar', [
      rawEntry({ name: 'l.tar' }, gz),
      rawEntry({ name: 'c.json' }, config([sha256(LAYER_A)])),
      rawEntry({ name: 'manifest.json' }, JSON.stringify([{ Config: 'c.json', RepoTags: null, Layers: ['l.tar'] }])),
    ]);
    expect(await contents(`docker-archive:${file}`)).toEqual([READ_A]);
    expect(await resolve(`docker-archive:${file}`)).toMatchObject({
      ok: true,
      value: { layers: [{ digest: sha256(gz) }] },
    });
  });

  it('as docker save writes it now: an OCI layout, too', async () => {
    const image = layoutBlobs([gzipSync(LAYER_A), LAYER_B]);
    const files = layoutFiles([image.manifest], image.blobs);
    const file = await writeArchive('new.tar', [
      ...Object.entries(files).map(([name, content]) => rawEntry({ name }, content)),
      rawEntry({ name: 'manifest.json' }, '[]'),
    ]);
    expect(await contents(`docker-archive:${file}`)).toEqual([READ_A, READ_B]);
    expect(await resolve(`docker-archive:${file}`)).toMatchObject({
      ok: true,
      value: { digest: image.manifest.digest },
    });
  });

  it('with several images, by number', async () => {
    const images = [
      { Config: '1.json', RepoTags: ['a:1'], Layers: ['a.tar'] },
      { Config: '2.json', RepoTags: ['a:2'], Layers: ['b.tar'] },
    ];
    const file = await writeArchive('several.tar', [
      rawEntry({ name: 'a.tar' }, LAYER_A),
      rawEntry({ name: 'b.tar' }, LAYER_B),
      rawEntry({ name: '1.json' }, config([sha256(LAYER_A)], '1')),
      rawEntry({ name: '2.json' }, config([sha256(LAYER_B)], '2')),
      rawEntry({ name: 'manifest.json' }, JSON.stringify(images)),
    ]);
    expect(await resolve(`docker-archive:${file}`)).toMatchObject({
      ok: false,
      error: { kind: 'ambiguous', message: expect.stringContaining(':@1 a:2') },
    });
    expect(await contents(`docker-archive:${file}:@1`)).toEqual([READ_B]);
    expect(await resolve(`docker-archive:${file}:@2`)).toMatchObject({ ok: false, error: { kind: 'not-found' } });
  });

  it('that is something else, or damaged', async () => {
    const manifest = rawEntry({ name: 'manifest.json' }, JSON.stringify([{ Config: 'c.json', Layers: ['l.tar'] }]));
    const cases: readonly [string, Buffer, RegExp][] = [
      ['no tar', Buffer.from('x'.repeat(2000)), /no tar archive/],
      ['compressed', gzipSync(manifest), /compressed \(gzip\); decompress it first/],
      ['no image', rawEntry({ name: 'hello' }, 'x'), /no image archive/],
      ['no configuration', manifest, /c.json is missing/],
      ['cut', rawHeader({ name: 'l.tar', size: 5000 }), /ends in the middle/],
      ['no diff ids', Buffer.concat([manifest, rawEntry({ name: 'c.json' }, '{}')]), /diff id/],
      ['no layer', Buffer.concat([manifest, rawEntry({ name: 'c.json' }, config([sha256('x')]))]), /l.tar is missing/],
    ];
    for (const [name, bytes, message] of cases) {
      const resolved = await resolve(`docker-archive:${await writeArchive('bad.tar', [bytes])}`);
      expect(resolved, name).toMatchObject({ ok: false, error: { kind: 'malformed' } });
      expect(resolved.ok ? '' : resolved.error.message).toMatch(message);
    }
    expect(await resolve(`docker-archive:${directory}/absent.tar`)).toMatchObject({
      ok: false,
      error: { kind: 'unreadable' },
    });
  });
});
