import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { debian, type Feed } from '@clair/feeds';
import { ok } from '@clair/model';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { NO_CHANGES, type PartitionState } from '../store/partitions.ts';
import type { Fetcher } from './fetcher.ts';
import { prepareFeed } from './prepare-feed.ts';

const DOCUMENT = JSON.stringify({
  zlib: { 'CVE-2023-1': { releases: { bookworm: { status: 'open', urgency: 'low', repositories: {} } } } },
});
const HASH = createHash('sha256').update(DOCUMENT).digest('hex');

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'prepare-feed-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** A source that never changes: it says so when it is asked conditionally, and gives the document otherwise. */
function source(asked: string[]): Fetcher {
  return {
    async fetch(_request, { conditional }) {
      asked.push(conditional === undefined ? 'whole' : 'conditional');
      if (conditional !== undefined) return ok({ kind: 'not-modified' });
      const open = async function* () {
        yield Buffer.from(DOCUMENT);
      };
      const validators = { etag: '"1"', lastModified: '', publishedAt: '' };
      return ok({ kind: 'document', bytes: DOCUMENT.length, contentHash: HASH, ...validators, open });
    },
    fetchWhole: () => Promise.reject(new Error('the feed has no index')),
  };
}

async function prepare(feed: Feed, held: string) {
  const plan = feed.plan({});
  if (!plan.ok || plan.value.kind !== 'partitions') throw new Error('the feed is one document');
  const [partition] = plan.value.partitions;
  const name = partition?.name ?? '';
  const known = new Map<string, PartitionState>([
    [
      name,
      {
        name,
        url: partition?.request.url ?? '',
        etag: '"1"',
        lastModified: '',
        checksum: '',
        contentHash: held,
        bytes: DOCUMENT.length,
        advisories: 1,
        rejectedRecords: 0,
        changes: NO_CHANGES,
      },
    ],
  ]);
  const asked: string[] = [];
  const signal = new AbortController().signal;
  const prepared = await prepareFeed(
    { feed, options: {}, known, held: new Map([[name, held]]), force: false, whole: false, directory, signal },
    { fetcher: source(asked), limits: { rejectedRatio: 0.02, growthRatio: 5 }, concurrency: 1, clock: () => 0 },
  );
  return { asked, kinds: prepared.ok ? prepared.value.map(({ kind }) => kind) : [] };
}

it('believes "not modified" of a document that was read as it would be now', async () => {
  expect(await prepare(debian, `r${debian.revision}:${HASH}`)).toEqual({
    asked: ['conditional'],
    kinds: ['unchanged'],
  });
});

it('reads an unchanged document again when the feed is read in another way', async () => {
  const revised = { ...debian, revision: debian.revision + 1 };
  expect(await prepare(revised, `r${debian.revision}:${HASH}`)).toEqual({ asked: ['whole'], kinds: ['ready'] });
});
