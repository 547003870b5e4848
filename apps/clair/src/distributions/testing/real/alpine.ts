import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sharedData } from '@clair/testing';
import { osRelease } from '../os-release.ts';
import { inTemporaryDirectory, unpack } from './machine-tools.ts';
import { affectedLine, type Candidate, type RealCase } from './real-case.ts';

const INSTALLED = sharedData('fixtures/pkgdb/apk/trivy__pkg_fanal_analyzer_pkg_apk_testdata_apk');
const SECDB = sharedData('feeds/alpine-secdb/alpine-secdb-2020-06.tar.zst');

/** apk's database of an Alpine 3.4 image (with a record that is none in it), and the branch's security database. */
export const alpine: RealCase = {
  name: 'the apk database of an Alpine 3.4 image and the security database of June 2020',
  missing: INSTALLED === undefined || SECDB === undefined ? 'shared data' : undefined,
  feed: { id: 'alpine', options: (url) => ({ url: `${url}/` }) },
  load() {
    const yaml = (repository: string): string =>
      inTemporaryDirectory((directory) => {
        unpack(SECDB ?? '', directory);
        return readFileSync(join(directory, 'v3.4', `${repository}.yaml`), 'utf8');
      });
    const installed = readFileSync(INSTALLED ?? '', 'utf8');
    const fixes = [...fixesIn(yaml('main')), ...fixesIn(yaml('community'))];
    const packages = installed.split('\n\n').filter((record) => /^V:/m.test(record));
    return {
      documents: {
        '/v3.4/main.json': json('main', fixesIn(yaml('main'))),
        '/v3.4/community.json': json('community', fixesIn(yaml('community'))),
      },
      files: [osRelease({ ID: 'alpine', VERSION_ID: '3.4.6' }), { path: 'lib/apk/db/installed', content: installed }],
      findings: packages.flatMap((record) => findingsOf(record, fixes)),
      packages: packages.length,
    };
  },
};

interface Fix {
  readonly origin: string;
  readonly version: string;
  readonly id: string;
}

/** The lines of the YAML: a name, a version, ids. */
function fixesIn(yaml: string): readonly Fix[] {
  let [origin, version] = ['', ''];
  return yaml.split('\n').flatMap((line) => {
    origin = /^ +name: (\S+)$/.exec(line)?.[1] ?? origin;
    version = /^ {8}'?([^\s':]+)'?:$/.exec(line)?.[1] ?? version;
    const id = /^ +- ([A-Z]\S*)/.exec(line)?.[1];
    return id === undefined ? [] : [{ origin, version, id }];
  });
}

/** The document that is published now instead of the YAML of then. */
function json(reponame: string, fixes: readonly Fix[]): string {
  const packages = [...Map.groupBy(fixes, ({ origin }) => origin)].map(([name, ofPackage]) => {
    const byVersion = Map.groupBy(ofPackage, ({ version }) => version);
    const secfixes = Object.fromEntries([...byVersion].map(([version, list]) => [version, list.map(({ id }) => id)]));
    return { pkg: { name, secfixes } };
  });
  return JSON.stringify({ distroversion: 'v3.4', reponame, packages });
}

function findingsOf(record: string, fixes: readonly Fix[]): readonly string[] {
  const field = (key: string): string => new RegExp(`^${key}:(.*)$`, 'm').exec(record)?.[1] ?? '';
  const version = field('V');
  const subject = `${field('P')}.${field('A')} ${version}`;
  const ofOrigin = fixes.filter(({ origin }) => origin === field('o'));
  // Of several fixes of one flaw the newest counts.
  const newest = new Map<string, Candidate>();
  for (const { id, version: bound } of ofOrigin) {
    const known = newest.get(id);
    if (known === undefined || isOlder(known.bound, bound)) newest.set(id, { subject, id, version, bound });
  }
  return [...newest.values()].filter(({ bound }) => isOlder(version, bound)).map(affectedLine);
}

/** Of the plain versions that these packages have: `1.0.2h-r1`. */
function isOlder(a: string, b: string): boolean {
  const [left, right] = [parts(a), parts(b)];
  const at = left.findIndex((part, index) => part !== right[index]);
  return at >= 0 && (left[at] ?? '') < (right[at] ?? '');
}

function parts(version: string): readonly string[] {
  const match = /^(\d+)\.(\d+)(?:\.(\d+))?([a-z]?)-r(\d+)$/.exec(version);
  if (match === null) throw new Error(`${version} is not as simple as this order`);
  return match.slice(1).map((part = '') => (/\d/.test(part) ? part.padStart(9, '0') : part));
}
