import { gzipSync } from 'node:zlib';
import type { Feed, FeedPlan, Partition, PartitionIndex } from '@clair/feeds';
import { err, ok } from '@clair/model';
import { describe, expect, it } from 'vitest';
import { linesFeed, linesPartition } from '../testing/lines-feed.ts';
import type { Fetcher } from './fetcher.ts';
import { planPartitions } from './plan.ts';

const PAGES: Record<string, string | Uint8Array | undefined> = {
  'http://x/names': 'a b',
  'http://x/names.gz': gzipSync('c'),
  'http://x/empty': '',
};

const fetcher: Fetcher = {
  fetch: () => Promise.reject(new Error('plans fetch whole documents')),
  async fetchWhole({ url }) {
    if (url.endsWith('away')) return err(`${url}: the server answered 500`);
    const page = PAGES[url];
    return ok(page === undefined ? { kind: 'absent' } : { kind: 'document', bytes: Buffer.from(page) });
  },
};

const partition = (name: string): Partition => linesPartition(name, `http://x/${name}`);
const partitions = (...names: string[]): FeedPlan => ({ kind: 'partitions', partitions: names.map(partition) });

function index(url: string, next?: FeedPlan, fallback: string[] = [], absentIsFine = false): FeedPlan {
  const read: PartitionIndex['read'] = (_, text) => {
    if (text.startsWith('<')) return err('it is HTML');
    return ok(next ?? partitions(...text.split(' ').filter((name) => name !== '')));
  };
  const request = { url, bytesMax: 1000, absentIsFine };
  return { kind: 'index', index: { request, read }, fallback: fallback.map(partition) };
}

function several(...plans: FeedPlan[]): FeedPlan {
  return { kind: 'several', plans: plans.map((plan, i) => ({ name: `plan-${i}`, plan })) };
}

function nested(depth: number): FeedPlan {
  return depth === 0 ? partitions('deep') : index('http://x/names', nested(depth - 1));
}

async function plan(given: FeedPlan) {
  const feed: Feed = linesFeed(given);
  const planned = await planPartitions(feed, {}, fetcher, new AbortController().signal);
  if (!planned.ok) return planned.error;
  return { names: planned.value.partitions.map(({ name }) => name), failed: planned.value.failed };
}

describe('a plan', () => {
  it.each<[string, FeedPlan, string[]]>([
    ['names its partitions', partitions('a'), ['a']],
    ['asks an index', index('http://x/names'), ['a', 'b']],
    ['asks an index that is compressed', index('http://x/names.gz'), ['c']],
    ['asks an index that an index names', index('http://x/names', index('http://x/names.gz')), ['c']],
    ['goes four deep', nested(4), ['deep']],
    ['does without an index that is not there', index('http://x/none', undefined, ['f']), ['f']],
    ['does without an index that says nothing', index('http://x/empty', undefined, ['f']), ['f']],
    ['has nothing where nothing need be', index('http://x/none', undefined, [], true), []],
    ['is several', several(index('http://x/names'), partitions('d')), ['a', 'b', 'd']],
  ])('%s', async (_, given, names) => {
    expect(await plan(given)).toEqual({ names, failed: [] });
  });

  it.each<[string, FeedPlan, RegExp]>([
    ['goes five deep', nested(5), /more than 4 others/],
    [
      'has no index and nothing else',
      index('http://x/none'),
      /index http:\/\/x\/none: the server has no such document/,
    ],
    ['cannot have its index', index('http://x/away'), /index http:\/\/x\/away: .*500/],
    ['names a partition twice', several(partitions('a'), index('http://x/names')), /two partitions .* called a/],
    ['cannot have any of several', several(index('http://x/away'), nested(5)), /plan-0: index .*; plan-1: its indexes/],
  ])('that %s is none', async (_, given, message) => {
    expect(await plan(given)).toMatch(message);
  });

  it('that is one of several costs itself only', async () => {
    expect(await plan(several(index('http://x/away'), several(partitions('a'), nested(4))))).toEqual({
      names: ['a'],
      failed: [
        { name: 'plan-0', reason: expect.stringContaining('500') },
        { name: 'plan-1', reason: expect.stringContaining('more than 4') },
      ],
    });
  });
});
