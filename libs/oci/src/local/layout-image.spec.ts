import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  contents,
  LAYER_A,
  LAYER_B,
  layoutBlobs,
  layoutFiles,
  READ_A,
  READ_B,
  resolve,
  tagged,
  writeTree,
} from './local-image.fixture.ts';

let directory = '';

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'clair-oci-'));
});

afterAll(async () => {
  await rm(directory, { recursive: true });
});

describe('an OCI layout', () => {
  const a = layoutBlobs([gzipSync(LAYER_A)]);
  const b = layoutBlobs([LAYER_A, gzipSync(LAYER_B)]);

  it('with one image', async () => {
    const root = await writeTree(`${directory}/one`, layoutFiles([a.manifest], a.blobs));
    expect(await contents(`oci:${root}`)).toEqual([READ_A]);
    expect(await resolve(`oci:${root}`)).toMatchObject({
      ok: true,
      value: { digest: a.manifest.digest, layers: [{ uri: '', headers: {} }] },
    });
  });

  it('with several, by tag or digest', async () => {
    const root = await writeTree(
      `${directory}/two`,
      layoutFiles([tagged(a.manifest, 'v1'), tagged(b.manifest, 'example.com/b:v2')], a.blobs, b.blobs),
    );
    expect(await contents(`oci:${root}:v1`)).toEqual([READ_A]);
    expect(await contents(`oci:${root}:v2`)).toEqual([READ_A, READ_B]);
    expect(await contents(`oci:${root}@${b.manifest.digest}`)).toEqual([READ_A, READ_B]);
    expect(await resolve(`oci:${root}`)).toMatchObject({
      ok: false,
      error: { kind: 'ambiguous', message: expect.stringContaining('v1') },
    });
    expect(await resolve(`oci:${root}:v3`)).toMatchObject({
      ok: false,
      error: { kind: 'not-found', message: expect.stringContaining('v1') },
    });
  });

  it('with one image for several platforms', async () => {
    const arm = layoutBlobs([LAYER_B], 'arm64');
    const entries = [
      { ...arm.manifest, platform: { os: 'linux', architecture: 'arm64' } },
      { ...a.manifest, platform: { os: 'linux', architecture: 'amd64' } },
    ];
    const root = await writeTree(`${directory}/platforms`, layoutFiles(entries, a.blobs, arm.blobs));
    expect(await contents(`oci:${root}`)).toEqual([READ_A]);
  });

  it('that is damaged', async () => {
    const broken = layoutBlobs([gzipSync(LAYER_A)]);
    const path = `blobs/sha256/${broken.manifest.digest.slice(7)}`;
    const changed = await writeTree(
      `${directory}/changed`,
      layoutFiles([broken.manifest], { ...broken.blobs, [path]: Buffer.from('{}') }),
    );
    expect(await resolve(`oci:${changed}`)).toMatchObject({ ok: false, error: { kind: 'digest-mismatch' } });
    const missing = await writeTree(`${directory}/missing`, layoutFiles([broken.manifest]));
    expect(await resolve(`oci:${missing}`)).toMatchObject({ ok: false, error: { kind: 'not-found' } });
    expect(await resolve(`oci:${directory}`)).toMatchObject({
      ok: false,
      error: { kind: 'malformed', message: expect.stringContaining('no OCI layout') },
    });
    expect(await resolve(`oci:${directory}/absent`)).toMatchObject({ ok: false, error: { kind: 'malformed' } });
  });
});
