import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { zipArchive } from '@clair/testing';
import { parse } from 'yaml';
import { run, unpack, write } from './command.ts';
import type { Site } from './site.ts';

/** Finds a file of the data beside the repository; throws when it is not there. */
type DataFile = (path: string) => string;

/** The whole databases of Go, Rust and PyPA, as OSV publishes them: an archive for each ecosystem, and a log of what changed. */
export function osvSite(directory: string, dataFile: DataFile): readonly Site[] {
  const sources = [
    { ecosystem: 'Go', archive: 'feeds/go-vulndb-osv/go-vulndb-osv.tar.zst', files: '**/GO-*.json' },
    { ecosystem: 'crates.io', archive: 'feeds/rustsec-osv/rustsec-osv.tar.zst', files: '**/RUSTSEC-*.json' },
    { ecosystem: 'PyPI', archive: 'feeds/pypa-osv/pypa-advisory-db.tar.zst', files: '**/PYSEC-*.yaml' },
  ];
  for (const { ecosystem, archive, files } of sources) {
    const raw = join(directory, 'raw', ecosystem);
    unpack(dataFile(archive), raw);
    const records = globSync(files, { cwd: raw }).map((file): [string, string] => {
      const text = readFileSync(join(raw, file), 'utf8');
      const name = basename(file).replace(/\.[a-z]+$/, '.json');
      return [name, file.endsWith('.yaml') ? JSON.stringify(parse(text)) : text];
    });
    write(join(directory, 'site', ecosystem, 'all.zip'), zipArchive(Object.fromEntries(records)));
    write(join(directory, 'site', ecosystem, 'modified_id.csv'), '');
  }
  return [
    {
      name: 'osv',
      feed: 'osv',
      data: 'the databases of Go, RustSec and PyPA, complete, 2026',
      options: (url) => ({ url, allowlist: sources.map(({ ecosystem }) => ecosystem) }),
      directory: join(directory, 'site'),
    },
  ];
}

/** A day of EPSS, and the same with every thousandth estimate another; the catalogue of exploited flaws, and one flaw fewer. */
export function enrichmentSites(directory: string, dataFile: DataFile): readonly Site[] {
  const epss = run('zstd', ['-dc', dataFile('enrichment/epss/epss_scores-2026-08-16.first-layout.csv.zst')]).toString();
  const gzipped = (text: string): Buffer => run('gzip', ['-nc'], { input: Buffer.from(text) });
  write(join(directory, 'epss/site/epss.csv.gz'), gzipped(epss));
  const lines = epss.split('\n');
  const changed = lines.map((line, index) => (index % 1_000 === 2 ? line.replace(/,[^,]+,/, ',0.99999,') : line));
  write(join(directory, 'epss/changed/epss.csv.gz'), gzipped(changed.join('\n')));
  const kev = JSON.parse(readFileSync(dataFile('enrichment/kev/cisa-kev.2026-01.json'), 'utf8'));
  write(join(directory, 'kev/site/kev.json'), JSON.stringify(kev));
  const fewer = { ...kev, vulnerabilities: kev.vulnerabilities.slice(1) };
  write(join(directory, 'kev/changed/kev.json'), JSON.stringify(fewer));
  return [
    {
      name: 'epss',
      feed: 'epss',
      data: 'a whole day, 2026-08-16',
      options: (url) => ({ url: `${url}/epss.csv.gz` }),
      directory: join(directory, 'epss/site'),
      change: { directory: join(directory, 'epss/changed'), what: '361 of 360,142 estimates' },
    },
    {
      name: 'kev',
      feed: 'kev',
      data: 'complete, 2026-01',
      options: (url) => ({ url: `${url}/kev.json` }),
      directory: join(directory, 'kev/site'),
      change: { directory: join(directory, 'kev/changed'), what: '1 flaw fewer' },
    },
  ];
}
