import { FEEDS } from '@clair/feeds';
import { buildImage, buildLayer, type Image, type Registry, serveRegistry } from '@clair/testing';
import { createTestDatabase, type TestDatabase } from '@clair/testing/services';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DISTRIBUTIONS } from './testing/cases/index.ts';
import { RHEL_A_MONTH_LATER } from './testing/cases/rhel.ts';
import { type Combo, startCombo } from './testing/combo.ts';
import { type FeedSite, serveFeedSite } from './testing/feed-site.ts';
import { withoutVerdict } from './testing/report-lines.ts';

/** Ends of life in the expectations are before or after this day. */
const STARTS_AT = '2026-06-15T12:00:00Z';

const imagesByName = new Map<string, Image>();
const imageOf = (name: string): Image => {
  const image = imagesByName.get(name);
  if (image === undefined) throw new Error(`there is no image ${name}`);
  return image;
};
let database: TestDatabase;
let site: FeedSite;
let registry: Registry;
let combo: Combo;
let outcomes: Readonly<Record<string, string>>;

beforeAll(async () => {
  [database, site] = await Promise.all([createTestDatabase(), serveFeedSite()]);
  const feeds = new Map<string, Record<string, string>>();
  for (const { feed } of DISTRIBUTIONS) {
    if (feed === undefined) continue;
    const url = `${site.url}/${feed.id}`;
    feeds.set(feed.id, { ...feeds.get(feed.id), ...feed.options(url) });
    for (const [path, content] of Object.entries(feed.documents(url))) site.put(`/${feed.id}${path}`, content);
  }
  for (const { name, files } of DISTRIBUTIONS.flatMap(({ images }) => images)) {
    // The release in a lower layer than the packages, as in most images.
    const layers = files.map((file) => buildLayer([file]));
    imagesByName.set(name, buildImage(layers));
  }
  registry = await serveRegistry({ blobs: [...imagesByName.values()].flatMap(({ layers }) => layers) });
  const mappingUrl = `${site.url}/rhel-vex/repository-to-cpe.json`;
  combo = await startCombo({ connstring: database.connstring, feeds, mappingUrl, startsAt: STARTS_AT });
  outcomes = await combo.runFeeds();
});

afterAll(async () => {
  await combo?.stop();
  await Promise.all([registry?.close(), site?.close()]);
  await database?.drop();
});

/** Of languages and of flaws: apps/clair/src/languages has them. */
const ELSEWHERE: readonly string[] = ['epss', 'kev', 'nvd', 'osv'];

it('there is a case for every feed', () => {
  expect([...feedIds(), ...ELSEWHERE].sort()).toEqual(FEEDS.map(({ id }) => id).sort());
});

it('every feed is fetched as a whole, and nothing of it is rejected', async () => {
  expect(outcomes).toEqual(Object.fromEntries(feedIds().map((id) => [id, 'changed'])));
  expect(await combo.rejectedRecords()).toEqual(Object.fromEntries(feedIds().map((id) => [id, 0])));
});

describe.each(DISTRIBUTIONS)('$name', ({ images }) => {
  it.each(images)('$name: the findings that its advisories give', async ({ name, packages, findings, coverage }) => {
    const found = await combo.findingsOf(imageOf(name), registry);
    expect([...found.packages].sort()).toEqual([...packages].sort());
    expect(found.findingsV2).toEqual([...findings].sort());
    expect(found.findingsV1).toEqual(findings.map(withoutVerdict).sort());
    expect(found.coverage).toEqual(coverage);
  });
});

it('a second run finds every feed unchanged, but for the documents that Red Hat says have changed', async () => {
  const { documents, gone, come } = RHEL_A_MONTH_LATER;
  for (const [path, content] of Object.entries(documents)) site.put(`/rhel-vex${path}`, content);
  const unchanged = Object.fromEntries(feedIds().map((id) => [id, 'unchanged']));
  expect(await combo.runFeeds()).toEqual({ ...unchanged, 'rhel-vex': 'changed' });
  for (const { name, findings } of DISTRIBUTIONS.flatMap(({ images }) => images)) {
    const isChanged = name === 'rhel 9 (UBI)';
    const expected = isChanged ? [...findings.filter((line) => !gone.includes(line)), ...come] : findings;
    expect((await combo.findingsOf(imageOf(name), registry)).findingsV2, name).toEqual([...expected].sort());
  }
});

function feedIds(): readonly string[] {
  return [...new Set(DISTRIBUTIONS.flatMap(({ feed }) => (feed === undefined ? [] : [feed.id])))].sort();
}
