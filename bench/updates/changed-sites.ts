import { globSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { run, write } from '../feeds/command.ts';
import type { Site } from '../feeds/site.ts';

/** A site's documents after a change of its vendor's: files that replace some of the site's. */
export interface Change {
  /** Where the files go. */
  readonly directory: string;
  /** Advisories that get another fixed version. */
  readonly count: number;
  /** Two changes of one feed differ in this, so that each of them is one. */
  readonly round: number;
}

/** Writes the change, as many advisories of it as there are; returns how many. */
type ChangeSite = (site: Site, change: Change) => number;

/** By feed, how its vendor would publish that some of its advisories changed. */
export const CHANGED_SITES: Readonly<Record<string, ChangeSite>> = {
  ubuntu: changeUbuntu,
  almalinux: changeAlmalinux,
  debian: changeDebian,
};

/** Spread over the whole list. */
function some<T>(all: readonly T[], count: number): readonly T[] {
  const wanted = Math.min(count, all.length);
  return Array.from({ length: wanted }, (_, index) => all[Math.floor((index * all.length) / wanted)]).filter(
    (one) => one !== undefined,
  );
}

type TrackerRecord = { readonly releases?: Record<string, { status?: string; fixed_version?: string }> };

function changeDebian(site: Site, { directory, count, round }: Change): number {
  const path = 'tracker/data/json';
  const tracker: Record<string, Record<string, TrackerRecord>> = JSON.parse(
    readFileSync(join(site.directory, path), 'utf8'),
  );
  const chosen = some(
    Object.values(tracker).flatMap((records) => Object.values(records)),
    count,
  );
  for (const { releases = {} } of chosen) {
    for (const release of Object.values(releases)) {
      release.status = 'resolved';
      release.fixed_version = `9:${round}-1`;
    }
  }
  write(join(directory, path), JSON.stringify(tracker));
  return chosen.length;
}

const DEFINITION = /<definition [\s\S]*?<\/definition>/g;
const FIRST_STATEMENT = /comment="([^",]* source package in [^",]+),[^"]*"/;

/** The same CVEs in the documents of all releases. An advisory is about one CVE in one release. */
function changeUbuntu(site: Site, { directory, count, round }: Change): number {
  const documents = globSync('oval/*.bz2', { cwd: site.directory }).map((path) => ({
    path,
    text: run('bzip2', ['-dc', join(site.directory, path)]).toString(),
  }));
  const titles = documents.flatMap(({ text }) => text.match(/<title>CVE-[0-9-]+/g) ?? []);
  const ordered = [...new Set(titles)].sort();
  const advisoriesEach = titles.length / ordered.length;
  const chosen = new Set(some(ordered, Math.max(1, Math.round(count / advisoriesEach))));
  let changed = 0;
  for (const { path, text } of documents) {
    const replaced = text.replace(DEFINITION, (definition) => {
      const [title = ''] = /<title>CVE-[0-9-]+/.exec(definition) ?? [];
      if (!chosen.has(title)) return definition;
      changed += 1;
      return definition.replace(
        FIRST_STATEMENT,
        `comment="$1, is affected and has been fixed (note: '9:${round}-1')."`,
      );
    });
    if (replaced !== text) write(join(directory, path), run('bzip2', ['-c'], { input: Buffer.from(replaced) }));
  }
  return changed;
}

type OsvRecord = {
  readonly affected?: readonly { readonly ranges?: readonly { readonly events: readonly { fixed?: string }[] }[] }[];
};

/** The log of changes names the records; of more of them than are fetched one by one the archive is new. */
function changeAlmalinux(site: Site, { directory, count, round }: Change): number {
  const all = readdirSync(site.directory).filter((name) => name.startsWith('ALSA-'));
  const chosen = new Set(some(all, count));
  const now = new Date().toISOString();
  const lines: string[] = [];
  for (const name of all) {
    const record: OsvRecord = JSON.parse(readFileSync(join(site.directory, name), 'utf8'));
    const events = record.affected?.flatMap(({ ranges = [] }) => ranges.flatMap((range) => range.events)) ?? [];
    for (const event of events) {
      if (chosen.has(name) && event.fixed !== undefined) event.fixed = `9:${round}-1`;
    }
    write(join(directory, name), JSON.stringify(record));
    if (chosen.has(name)) lines.push(`${now},${basename(name, '.json')}\n`);
  }
  run('zip', ['-qr', 'all.zip', '.', '-i', '*.json'], { cwd: directory });
  write(join(directory, 'modified_id.csv'), lines.join(''));
  return chosen.size;
}
