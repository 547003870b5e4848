import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { readConfigValue } from '@clair/service-kit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withWorkDirectory } from '../run/work-directory.ts';
import { feedFetcher } from '../service.ts';
import { tarOf } from '../testing/archives.ts';
import { type FeedServer, serveFeeds } from '../testing/feed-server.ts';
import { RecordingMatcher } from '../testing/recording-matcher.ts';
import { readBundle } from './read-bundle.ts';
import { writeBundle } from './write-bundle.ts';

let server: FeedServer;
beforeEach(async () => {
  server = await serveFeeds();
});
afterEach(() => server.close());

/** A flaw without a fix in one package of one product. */
function vex(cve: string): string {
  const productName = {
    category: 'product_name',
    name: 'Red Hat Enterprise Linux 9',
    product: {
      name: 'Red Hat Enterprise Linux 9',
      product_id: 'red_hat_enterprise_linux_9',
      product_identification_helper: { cpe: 'cpe:/o:redhat:enterprise_linux:9' },
    },
  };
  const component = {
    category: 'product_version',
    name: 'demo',
    product: { name: 'demo', product_id: 'demo', product_identification_helper: { purl: 'pkg:rpm/redhat/demo' } },
  };
  const id = 'red_hat_enterprise_linux_9:demo';
  const relationship = {
    category: 'default_component_of',
    full_product_name: { name: 'demo', product_id: id },
    product_reference: 'demo',
    relates_to_product_reference: 'red_hat_enterprise_linux_9',
  };
  const family = { category: 'product_family', name: 'Red Hat Enterprise Linux 9', branches: [productName] };
  return JSON.stringify({
    document: { category: 'csaf_vex', csaf_version: '2.0', tracking: { id: cve, status: 'final', version: '1' } },
    product_tree: {
      branches: [{ category: 'vendor', name: 'Red Hat', branches: [family, component] }],
      relationships: [relationship],
    },
    vulnerabilities: [{ cve, product_status: { known_affected: [id] } }],
  });
}

it('a source that tells what changed is exported whole, and nobody is asked for single documents', async () => {
  const cves = ['CVE-2024-1', 'CVE-2024-2'];
  const entries = cves.map((cve) => ({ path: `2024/${cve.toLowerCase()}.json`, content: vex(cve) }));
  server.pages.set('/archive_latest.txt', { body: 'all.tar.zst' });
  server.pages.set('/all.tar.zst', { body: zstdCompressSync(tarOf(entries)) });
  server.pages.set('/changes.csv', { body: '"2024/cve-2024-1.json","2024-05-01T00:00:00+00:00"\n' });
  const reading = readConfigValue({ updaters: { sets: ['rhel-vex'], config: { 'rhel-vex': { url: server.url } } } });
  if (!reading.ok) throw new Error(JSON.stringify(reading.error));
  const { config } = reading.value;
  await withWorkDirectory(async (directory) => {
    const path = join(directory, 'bundle');
    const out = createWriteStream(path);
    const signal = new AbortController().signal;
    const deps = { fetcher: feedFetcher(config), clock: () => Date.parse('2024-06-01T00:00:00Z'), signal };
    expect(await writeBundle(config, out, deps)).toEqual([
      { feed: 'rhel-vex', partitions: 1, advisories: 2, failures: [] },
    ]);
    if (!out.closed) await once(out, 'close');
    const matcher = new RecordingMatcher();
    expect(await readBundle(createReadStream(path), matcher.client(), signal)).toMatchObject({ ok: true });
    expect(matcher.keys('rhel-vex')).toEqual({ vex: cves });
    expect(matcher.updates[0]?.partitions[0]).toMatchObject({ changesOnly: false });
  });
  const asked = server.seen.map(({ path }) => path).sort();
  expect(asked).toEqual(['/all.tar.zst', '/archive_latest.txt', '/changes.csv', '/deletions.csv']);
});
