import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok } from '@clair/model';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Fetcher } from '../run/fetcher.ts';
import { withWorkDirectory } from '../run/work-directory.ts';
import { RecordingMatcher } from '../testing/recording-matcher.ts';
import { alpineDocument, alpineListing, debianDocument, feedConfig } from '../testing/updater-fixture.ts';
import { BUNDLE_MAGIC } from './bundle-format.ts';
import { readBundle } from './read-bundle.ts';
import { writeBundle } from './write-bundle.ts';

const NOW_MS = Date.parse('2024-06-01T00:00:00Z');
const DOCUMENTS: Record<string, string> = {
  '/debian.json': debianDocument(500),
  '/secdb/': alpineListing(['v3.19', 'v3.20']),
  '/secdb/v3.20/main.json': alpineDocument('v3.20', 'main', ['busybox', 'musl']),
};

/** Serves {@link DOCUMENTS}; the feeds' URLs say the rest. */
function fetcherOf(documents: Record<string, string>): Fetcher {
  const find = (url: string) => documents[new URL(url).pathname];
  return {
    async fetch({ url }, { path }) {
      const found = find(url);
      if (found === undefined) return ok({ kind: 'absent' });
      if (found === '500') return err('the server answered 500');
      await writeFile(path, found);
      const contentHash = createHash('sha256').update(found).digest('hex');
      const open = async function* () {
        yield Buffer.from(found);
      };
      return ok({
        kind: 'document',
        bytes: found.length,
        contentHash,
        etag: '',
        lastModified: '',
        publishedAt: '',
        open,
      });
    },
    async fetchWhole({ url }) {
      return ok({ kind: 'document', bytes: Buffer.from(find(url) ?? '') });
    },
  };
}

async function bundleOf(documents: Record<string, string>) {
  return withWorkDirectory(async (directory) => {
    const path = join(directory, 'bundle');
    const out = createWriteStream(path);
    const config = feedConfig({ sets: ['alpine', 'debian'], url: 'http://feeds.example' });
    const deps = { fetcher: fetcherOf(documents), clock: () => NOW_MS, signal: new AbortController().signal };
    const exported = await writeBundle(config, out, deps);
    if (!out.closed) await once(out, 'close');
    return { exported, bytes: await readFile(path) };
  });
}

async function* inPieces(bytes: Uint8Array, size = 1000) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function importInto(matcher: RecordingMatcher, bytes: Uint8Array, size?: number) {
  return readBundle(inPieces(bytes, size), matcher.client(), new AbortController().signal);
}

let bundle: Buffer;
beforeAll(async () => {
  bundle = (await bundleOf(DOCUMENTS)).bytes;
});

describe('export and import', () => {
  it.each([1, 7, 1_000_000])('round trip, read in pieces of %d bytes', async (size) => {
    const matcher = new RecordingMatcher();
    const imported = await importInto(matcher, bundle, size);
    expect(imported).toEqual(
      ok([
        { feed: 'alpine', changed: true, operation: 1 },
        { feed: 'debian', changed: true, operation: 2 },
      ]),
    );
    expect(matcher.keys('debian').all).toHaveLength(500);
    expect(matcher.keys('alpine')['v3.20/main']).toHaveLength(2);
    expect(matcher.held.get('debian')?.fetchedAt).toBe('2024-06-01T00:00:00.000Z');
  });

  it('imported twice changes nothing', async () => {
    const matcher = new RecordingMatcher();
    await importInto(matcher, bundle);
    const again = await importInto(matcher, bundle);
    expect(again.ok && again.value.map(({ changed }) => changed)).toEqual([false, false]);
  });

  it('says what is missing, and does not call the rest fresh', async () => {
    const { exported, bytes } = await bundleOf({
      ...DOCUMENTS,
      '/secdb/v3.19/main.json': '500',
      '/debian.json': '<html>',
    });
    expect(exported).toMatchObject([
      { feed: 'alpine', partitions: 1, advisories: 2, failures: ['v3.19/main: the server answered 500'] },
      { feed: 'debian', partitions: 0, advisories: 0, failures: [expect.stringContaining('all: ')] },
    ]);
    const matcher = new RecordingMatcher();
    expect((await importInto(matcher, bytes)).ok).toBe(true);
    expect([...matcher.held]).toMatchObject([['alpine', { fetchedAt: '1970-01-01T00:00:00.000Z' }]]);
  });
});

it('of which no feed could be fetched is an error', async () => {
  const { exported, bytes } = await bundleOf({ '/debian.json': '500' });
  expect(exported.map(({ partitions }) => partitions)).toEqual([0, 0]);
  expect(await importInto(new RecordingMatcher(), bytes)).toEqual(err(expect.stringContaining('holds no feed')));
});

describe('a damaged bundle', () => {
  it('is an error wherever it is cut, and the feed it breaks in is not applied', async () => {
    const step = Math.max(1, Math.floor(bundle.length / 40));
    const lengths = Array.from({ length: 40 }, (_, index) => index * step);
    for (const length of [...lengths, bundle.length - 30, bundle.length - 21, bundle.length - 1]) {
      const matcher = new RecordingMatcher();
      const imported = await importInto(matcher, bundle.subarray(0, length));
      expect(imported.ok, `cut after ${length} bytes`).toBe(false);
      // The last bytes are the end of the compression: the feed was whole before them.
      const isWhole = length > bundle.length - 20;
      expect(isWhole ? [0, 500] : [0], `cut after ${length} bytes`).toContain(
        (matcher.keys('debian').all ?? []).length,
      );
    }
  });

  it('is an error when a byte of it is another', async () => {
    for (let at = BUNDLE_MAGIC.length; at < bundle.length; at += Math.floor(bundle.length / 40)) {
      const damaged = Buffer.from(bundle);
      damaged[at] = (damaged[at] ?? 0) ^ 0x55;
      const imported = await importInto(new RecordingMatcher(), damaged).catch((error: Error) => err(error.message));
      expect(imported.ok, `byte ${at}`).toBe(false);
    }
  });

  // Node ends with an empty frame, and the size of the window of nothing is in no checksum.
  it('is an error when one of its last bytes is another, or says the same', async () => {
    const detected: boolean[] = [];
    for (let at = bundle.length - 20; at < bundle.length; at++) {
      const damaged = Buffer.from(bundle);
      damaged[at] = (damaged[at] ?? 0) ^ 0x55;
      const matcher = new RecordingMatcher();
      const imported = await importInto(matcher, damaged);
      detected.push(!imported.ok);
      if (imported.ok) expect(matcher.keys('debian').all).toHaveLength(500);
    }
    expect(detected.filter((isDetected) => !isDetected).length).toBeLessThan(2);
  });

  it.each([
    ['nothing', Buffer.alloc(0), /no bundle/],
    ['another magic', Buffer.from('clair-bundle 2\nxxxxxxxxxxxxx'), /newer version/],
    ['the first line only', BUNDLE_MAGIC, /damaged/],
    ['no zstd', Buffer.concat([BUNDLE_MAGIC, Buffer.from('{"Updater":"debian"}')]), /damaged/],
  ])('%s', async (_, bytes, message) => {
    expect(await importInto(new RecordingMatcher(), bytes)).toEqual(err(expect.stringMatching(message)));
  });
});
