import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { run, unpack, write } from './command.ts';
import type { Site } from './site.ts';
import { dataFile } from './sites.ts';

const SERIES: Readonly<Record<string, string>> = {
  trusty: '14.04',
  xenial: '16.04',
  bionic: '18.04',
  focal: '20.04',
  jammy: '22.04',
  mantic: '23.10',
};

/** `jammy_zlib: released (1:2.3)`, `esm-infra/xenial_zlib: needed`, `trusty/esm_zlib: …`. */
const STATUS = /^((?:esm-infra\/|esm-apps\/)?([a-z]+)(?:\/esm)?)_([^:\s]+): ([a-z-]+)(?: \((.*)\))?$/;

/** In Canonical's wording, by the tracker's status; a status without one is in no document (`DNE`, `not-affected` without a version). */
const WORDING: Readonly<Record<string, string>> = {
  released: 'is affected and has been fixed',
  needed: 'is affected and needs fixing',
  'needs-triage': 'is affected and may need fixing',
  pending: 'is affected. An update containing the fix has been completed and is pending publication',
  deferred: 'is affected, but a decision has been made to defer addressing it',
  ignored: 'while related to the CVE in some way, a decision has been made to ignore this issue',
  'not-affected': 'while related to the CVE in some way, is not affected',
};

/**
 * Ubuntu's documents, made from its tracker of 2024-02 in the form of Canonical's OVAL: statuses, versions, descriptions and dates are
 * real; the tests behind the criteria, which the feed does not read, are left out.
 */
export function ubuntuSite(directory: string): readonly Site[] {
  unpack(dataFile('feeds/ubuntu-cve-tracker/ubuntu-cve-tracker.tar.zst'), join(directory, 'git'));
  const definitions = new Map<string, string[]>(Object.keys(SERIES).map((series) => [series, []]));
  for (const file of globSync('{active,retired,ignored}/CVE-*', { cwd: join(directory, 'git') })) {
    for (const [series, definition] of definitionsOf(
      basename(file),
      readFileSync(join(directory, 'git', file), 'utf8'),
    )) {
      definitions.get(series)?.push(definition);
    }
  }
  for (const [series, all] of definitions) {
    writeDocument(join(directory, 'site'), series, all);
    if (series === 'mantic') writeDocument(join(directory, 'changed'), series, all.slice(1));
  }
  const entries = Object.entries(SERIES).map(([name, version]) => ({ name, version, status: 'Supported' }));
  write(join(directory, 'site/series'), JSON.stringify({ entries }));
  return [
    {
      name: 'ubuntu',
      feed: 'ubuntu',
      data: '6 releases, the tracker of 2024-02 in the form of OVAL',
      options: (url) => ({ url: `${url}/series`, oval_url: `${url}/oval/` }),
      directory: join(directory, 'site'),
      change: { directory: join(directory, 'changed'), what: '1 CVE of mantic gone' },
    },
  ];
}

function writeDocument(site: string, series: string, definitions: readonly string[]): void {
  const text = `<oval_definitions xmlns="http://oval.mitre.org/XMLSchema/oval-definitions-5"><definitions>\n${definitions.join('\n')}\n</definitions></oval_definitions>\n`;
  write(join(site, `oval/com.ubuntu.${series}.cve.oval.xml.bz2`), run('bzip2', ['-c'], { input: Buffer.from(text) }));
}

/** By release, what one file of the tracker says. */
function definitionsOf(cve: string, text: string): ReadonlyMap<string, string> {
  const lines = text.split('\n');
  const comments = new Map<string, string[]>();
  for (const line of lines) {
    const [, pocket = '', series = '', source, status = '', note = ''] = STATUS.exec(line) ?? [];
    const wording = WORDING[status];
    if (source === undefined || wording === undefined || SERIES[series] === undefined) continue;
    if (status === 'not-affected' && !/^\d\S*$/.test(note)) continue;
    const said = `${source} source package in ${pocket}, ${wording}${note === '' ? '' : ` (note: '${note}')`}.`;
    comments.set(series, [...(comments.get(series) ?? []), said]);
  }
  const field = (name: string): string =>
    lines
      .find((line) => line.startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trim() ?? '';
  const from = lines.indexOf('Description:');
  const until = lines.findIndex((line, index) => index > from && !line.startsWith(' '));
  const description =
    from < 0
      ? ''
      : lines
          .slice(from + 1, until)
          .join('\n')
          .trim();
  const priority = field('Priority').split(' ')[0] ?? '';
  return new Map(
    [...comments].map(([series, said]) => [
      series,
      `<definition class="vulnerability" id="oval:com.ubuntu.${series}:def:${cve.slice(4).replace('-', '')}" version="1">
<metadata><title>${cve} on Ubuntu ${SERIES[series]} (${series}) - ${priority}</title><description>${escaped(description)}</description>
<advisory from="security@ubuntu.com"><severity>${escaped(priority)}</severity><public_date>${escaped(field('PublicDate'))}</public_date>
<cve priority="${escaped(priority)}">${cve}</cve></advisory></metadata>
<criteria operator="OR">${said.map((comment) => `<criterion comment="${escaped(comment)}"/>`).join('\n')}</criteria></definition>`,
    ]),
  );
}

/** Control characters are in some descriptions, and XML cannot hold them. */
function escaped(text: string): string {
  return text
    .replace(/\p{Cc}/gu, (character) => (character === '\n' ? '\n' : ' '))
    .replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
