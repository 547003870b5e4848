import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { run, unpack, write } from './command.ts';
import type { Site } from './site.ts';
import { dataFile } from './sites.ts';

const ARCHIVE = 'csaf_vex_2026-08-01.tar.zst';
const ARCHIVED_AT = '2026-08-01T00:00:00+00:00';
const CHANGED_AT = '2026-08-02T00:00:00+00:00';

/**
 * Red Hat's VEX from samples, in the layout of the real one; and, for the volume only, the documents that CIQ derives from Red Hat's,
 * with CIQ's product names replaced by Red Hat's.
 */
export function redHatSites(directory: string): readonly Site[] {
  const samples = join(directory, 'samples');
  unpack(dataFile('feeds/redhat-samples/claircore-rhel-vex.tar.zst'), samples);
  const files = globSync(['rhel/vex/testdata/cve-*.json', 'test/acceptance/testdata/cve-*.json'], { cwd: samples });
  const documents = files.map((file) => readFileSync(join(samples, file), 'utf8'));
  const real = layOut(join(directory, 'real'), documents);
  return [
    { ...real, name: 'rhel-vex', data: `sample: ${real.documents} documents`, isVolume: false },
    {
      ...layOut(join(directory, 'volume'), ciqDocuments(directory)),
      name: 'rhel-vex (volume)',
      data: 'CIQ’s VEX under Red Hat’s product names, 2,787 documents, 2026-08',
      isVolume: true,
    },
  ];
}

function* ciqDocuments(directory: string): Iterable<string> {
  const git = join(directory, 'ciq');
  unpack(dataFile('feeds/rocky-ciq-csaf/rocky-ciq-csaf-vex-and-ciq.tar.zst'), git);
  for (const file of globSync('csaf/vex/cve/*/*.json', { cwd: git })) {
    const text = readFileSync(join(git, file), 'utf8');
    yield text.replace(/cpe:2\.3:o:ciq:[a-z_]+:(\d+)(\.\d+)?/g, 'cpe:2.3:o:redhat:enterprise_linux:$1$2');
  }
}

function layOut(directory: string, documents: Iterable<string>): Omit<Site, 'name' | 'data'> & { documents: number } {
  const site = join(directory, 'site');
  const byPath = new Map<string, number>();
  for (const text of documents) {
    const id: string = JSON.parse(text).document.tracking.id.toLowerCase();
    const path = `${/^cve-(\d+)/.exec(id)?.[1]}/${id}.json`;
    // Several samples are variants of one document; the largest is the most complete.
    if ((byPath.get(path) ?? 0) >= text.length) continue;
    byPath.set(path, text.length);
    write(join(site, path), text);
  }
  const changed = [...byPath.keys()].sort()[0] ?? '';
  run('tar', ['--zstd', '-cf', join(site, ARCHIVE), ...new Set([...byPath.keys()].map((path) => path.slice(0, 4)))], {
    cwd: site,
  });
  write(join(site, 'archive_latest.txt'), `${ARCHIVE}\n`);
  write(join(site, 'deletions.csv'), '');
  write(join(site, 'changes.csv'), logOf([...byPath.keys()]));
  const text = readFileSync(join(site, changed), 'utf8');
  const rest = [...byPath.keys()].filter((path) => path !== changed);
  write(join(directory, 'changed/changes.csv'), logLine(changed, CHANGED_AT) + logOf(rest));
  write(join(directory, 'changed', changed), text.replaceAll(/"text": "/g, '"text": "Changed. '));
  run('touch', ['-d', ARCHIVED_AT, join(site, ARCHIVE)]);
  return {
    feed: 'rhel-vex',
    options: (url) => ({ url: `${url}/` }),
    directory: site,
    change: {
      directory: join(directory, 'changed'),
      what: `1 document, of ${statSync(join(directory, 'changed', changed)).size} bytes`,
    },
    documents: byPath.size,
  };
}

/** As Red Hat's: the newest first, here an hour apart, and all before the archive. */
function logOf(paths: readonly string[]): string {
  const at = (index: number): string => new Date(Date.parse(ARCHIVED_AT) - (48 + index) * 3_600_000).toISOString();
  return paths.map((path, index) => logLine(path, at(index))).join('');
}

function logLine(path: string, at: string): string {
  return `"${path}","${at}"\n`;
}
