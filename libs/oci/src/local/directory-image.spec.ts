import { chmod, link, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_LAYER_LIMITS } from '../layer/layer-limits.ts';
import { readLayer } from '../layer/read-layer.ts';
import { RecordingVisitor } from '../tar/raw-tar.fixture.ts';
import { contents, NEVER, resolve, writeTree } from './local-image.fixture.ts';

let directory = '';

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'clair-oci-'));
});

afterAll(async () => {
  await rm(directory, { recursive: true });
});

describe('a directory', () => {
  it('is one layer, in the same order and with the same digest each time', async () => {
    const files = { 'b/x': '1', 'a/y': '2', 'a.b': '3', empty: '', [`${'long/'.repeat(30)}name`]: '4' };
    const root = await writeTree(`${directory}/rootfs`, files);
    await symlink('/etc/passwd', join(root, 'out'));
    await symlink('..', join(root, 'a', 'up'));
    await link(join(root, 'a.b'), join(root, 'hard'));
    const [events = []] = await contents(`dir:${root}`);
    const long = 'long/'.repeat(30);
    expect(events.filter((event) => !event.startsWith('dir long'))).toEqual([
      'dir a',
      'other a/up',
      'file a/y = 2',
      'file a.b = 3',
      'dir b',
      'file b/x = 1',
      'file empty = ',
      'file hard = 3',
      `file ${long}name = 4`,
      'other out',
    ]);
    const again = await writeTree(`${directory}/rootfs-again`, files);
    await symlink('/etc/passwd', join(again, 'out'));
    await symlink('..', join(again, 'a', 'up'));
    await writeFile(join(again, 'hard'), '3');
    const digestOf = async (path: string) => {
      const image = await resolve(`dir:${path}`);
      return image.ok ? image.value.digest : image.error;
    };
    expect(await digestOf(again)).toBe(await digestOf(root));
    await writeFile(join(again, 'b', 'x'), '9');
    expect(await digestOf(again)).not.toBe(await digestOf(root));
  });

  it('keeps large files whole', async () => {
    const large = Buffer.alloc(700_001, 'abc');
    const root = await writeTree(`${directory}/large`, { large });
    const [events = []] = await contents(`dir:${root}`);
    expect(events).toEqual([`file large = ${large.toString('latin1')}`]);
  });

  it('that changes between two reads says so', async () => {
    const root = await writeTree(`${directory}/changing`, { a: '1', b: '2' });
    const image = await resolve(`dir:${root}`);
    if (!image.ok) throw new Error(image.error.message);
    await writeFile(join(root, 'b'), '3');
    const [layer] = image.value.layers;
    if (layer === undefined) throw new Error('no layer');
    const blob = await image.value.open?.(layer);
    if (blob === undefined) throw new Error('a local image without open');
    const result = await readLayer(blob, layer.digest, DEFAULT_LAYER_LIMITS, new RecordingVisitor(), NEVER);
    expect(result).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('changed while it was read') },
    });
  });

  it.skipIf(process.getuid?.() === 0)('lists what it could not read', async () => {
    const root = await writeTree(`${directory}/secret`, { a: '1', secret: '2' });
    await chmod(join(root, 'secret'), 0);
    expect(await contents(`dir:${root}`)).toEqual([['file a = 1']]);
    expect(await resolve(`dir:${root}`)).toMatchObject({
      ok: true,
      value: { notes: [expect.stringContaining('secret (EACCES)')] },
    });
  });

  it('must be one', async () => {
    expect(await resolve(`dir:${directory}/absent`)).toMatchObject({ ok: false, error: { kind: 'unreadable' } });
    const root = await writeTree(`${directory}/file`, { a: '1' });
    expect(await resolve(`dir:${root}/a`)).toMatchObject({ ok: false, error: { kind: 'unreadable' } });
  });
});
