import { buildImage, buildLayer, type Registry, serveRegistry } from '@clair/testing';
import { createTestDatabase, type TestDatabase } from '@clair/testing/services';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Combo, startCombo } from './testing/combo.ts';
import { type FeedSite, serveFeedSite } from './testing/feed-site.ts';
import { almalinux } from './testing/real/almalinux.ts';
import { alpine } from './testing/real/alpine.ts';
import { debian9, debian12, debian13 } from './testing/real/debian.ts';
import { mariner } from './testing/real/mariner.ts';
import type { LoadedCase, RealCase } from './testing/real/real-case.ts';

/** `count`: of findings, as read when the case was written, so that a reading which finds nothing any more is noticed. */
const CASES = [
  { real: almalinux, count: 1142 },
  { real: alpine, count: 57 },
  { real: debian9, count: 1408 },
  { real: debian12, count: 118 },
  { real: debian13, count: 385 },
  { real: mariner, count: 374 },
];
const present = CASES.filter(({ real }) => real.missing === undefined);

describe.skipIf(present.length === 0)('real package databases and real feeds', () => {
  let database: TestDatabase;
  let site: FeedSite;
  let combo: Combo;
  const loadedCases = new Map<RealCase, LoadedCase>();

  beforeAll(async () => {
    [database, site] = await Promise.all([createTestDatabase(), serveFeedSite()]);
    const feeds = new Map(present.map(({ real: { feed } }) => [feed.id, feed.options(`${site.url}/${feed.id}`)]));
    const mappingUrl = `${site.url}/none`;
    for (const { real } of present) {
      const loaded = real.load();
      loadedCases.set(real, loaded);
      for (const [path, content] of Object.entries(loaded.documents)) site.put(`/${real.feed.id}${path}`, content);
    }
    combo = await startCombo({ connstring: database.connstring, feeds, mappingUrl, startsAt: '2026-06-15T12:00:00Z' });
    expect(new Set(Object.values(await combo.runFeeds()))).toEqual(new Set(['changed']));
  });

  afterAll(async () => {
    await combo?.stop();
    await site?.close();
    await database?.drop();
  });

  for (const { real, count } of CASES) {
    const skipped = real.missing === undefined ? '' : ` (skipped: no ${real.missing})`;
    it.skipIf(real.missing !== undefined)(`${real.name}${skipped}`, async () => {
      const { files, findings, packages } = loadedCases.get(real) ?? real.load();
      const image = buildImage([buildLayer(files)]);
      const registry: Registry = await serveRegistry({ blobs: image.layers });
      try {
        const found = await combo.findingsOf(image, registry);
        expect(found.packages).toHaveLength(packages);
        expect(found.findingsV2.map(withoutRating).sort()).toEqual([...findings].sort());
        expect(findings).toHaveLength(count);
      } finally {
        await registry.close();
      }
    });
  }
});

/** A line of the report without fix state and severity, which these readings leave out. */
function withoutRating(line: string): string {
  const [, kept = '', bound = ''] = /^(.* (?:affected|undecidable)), [a-z-]+(, < \S+)?, [A-Z][a-z]+$/.exec(line) ?? [];
  return kept.endsWith(' undecidable') ? kept : `${kept}${bound}`;
}
