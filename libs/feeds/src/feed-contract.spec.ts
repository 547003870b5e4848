import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Feed, type FeedPlan, type FetchRequest, MalformedDocument, type Partition } from './feed.ts';
import { FEEDS, feedById } from './registry.ts';

const FOLDERS = readdirSync(new URL('feeds/', import.meta.url));

async function* documentOf(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
}

function planOf(feed: Feed, options = {}): FeedPlan {
  const plan = feed.plan(options);
  if (!plan.ok) throw new Error(plan.error);
  return plan.value;
}

/** Those that are known before anything is fetched. */
function partitionsOf(plan: FeedPlan): readonly Partition[] {
  if (plan.kind === 'several') return plan.plans.flatMap((one) => partitionsOf(one.plan));
  return plan.kind === 'partitions' ? plan.partitions : plan.fallback;
}

/** What is asked for first. */
function requestsOf(plan: FeedPlan): readonly FetchRequest[] {
  if (plan.kind === 'several') return plan.plans.flatMap((one) => requestsOf(one.plan));
  return plan.kind === 'index' ? [plan.index.request] : plan.partitions.map(({ request }) => request);
}

describe('the registry', () => {
  it('holds every folder of feeds/, under its own name', () => {
    expect(FEEDS.map((feed) => feed.id).sort()).toEqual([...FOLDERS].sort());
    for (const feed of FEEDS) expect(feedById(feed.id)).toBe(feed);
    expect(feedById('toString')).toBeUndefined();
  });

  it.each(FOLDERS)('%s has a README with its address, its quirks and a sample, and a spec', (folder) => {
    const readme = readFileSync(new URL(`feeds/${folder}/README.md`, import.meta.url), 'utf8');
    for (const part of [/https:\/\//, /Quirks/, /Sample/, /```(?:json|csv)/]) expect(readme).toMatch(part);
    expect(existsSync(new URL(`feeds/${folder}/${folder}.spec.ts`, import.meta.url))).toBe(true);
  });
});

describe.each(FEEDS.map((feed) => ({ id: feed.id, feed })))('the feed $id', ({ feed }) => {
  it('says what it is', () => {
    expect(feed.title).not.toBe('');
    expect(feed.licence).not.toBe('');
    expect(feed.homepage).toMatch(/^https:\/\//);
    expect(feed.staleAfterHours).toBeGreaterThan(0);
  });

  it('plans partitions of different names, with namespaces and a limit, over https', () => {
    const plan = planOf(feed);
    const partitions = partitionsOf(plan);
    expect(new Set(partitions.map((partition) => partition.name)).size).toBe(partitions.length);
    for (const { namespaces } of partitions) expect(namespaces.length > 0).toBe(!('enriches' in feed));
    const requests = requestsOf(plan);
    expect(requests.length).toBeGreaterThan(0);
    for (const request of [...requests, ...partitions.map((partition) => partition.request)]) {
      expect(request.url).toMatch(/^https:\/\/[^/]+\//);
      expect(request.bytesMax).toBeGreaterThan(0);
    }
  });

  it('takes an operator’s address for each of its keys, and says which key is wrong', () => {
    for (const key of feed.optionKeys.filter((name) => name.endsWith('url'))) {
      expect(feed.plan({ [key]: 'http://127.0.0.1:8080/x' }).ok).toBe(true);
      for (const value of ['', 'ftp://host/', '/etc/passwd', 'http://', 7, ['http://host/']]) {
        const plan = feed.plan({ [key]: value });
        const error = `updaters.config.${feed.id}.${key} must be an http or https URL, not ${JSON.stringify(value)}`;
        expect(plan).toEqual({ ok: false, error });
      }
    }
  });

  it.each([
    '',
    '<html><body>Service unavailable</body></html>',
    '[]',
    '{}',
    '{"error":"try later"}',
    '{"packages"',
    'null',
    '{"packages":{}}',
  ])('throws on a document that is not its own: %j', async (text) => {
    const [request] = requestsOf(planOf(feed));
    if (request === undefined) throw new Error('nothing is requested');
    const partition = partitionsOf(planOf(feed))[0] ?? { name: 'x', namespaces: ['x'], request };
    const read = async () => {
      for await (const _ of feed.parse(partition, documentOf(text)));
    };
    await expect(read()).rejects.toThrow(MalformedDocument);
  });
});
