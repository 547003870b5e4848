import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { sharedData } from '@clair/testing';
import { osRelease } from '../os-release.ts';
import { hasProgram, inRangeOfRpm, inTemporaryDirectory } from './machine-tools.ts';
import { affectedLine, type Candidate, type RealCase } from './real-case.ts';

const DATABASE = sharedData('fixtures/pkgdb/rpm/sqlite-cbl-mariner-2.0.rpmdb.sqlite');
const OVAL = [
  ['cbl-mariner-1.0-oval.xml', sharedData('feeds/azurelinux-oval/cbl-mariner-1.0-oval.2024-10-10.xml.zst')],
  ['cbl-mariner-2.0-oval.xml', sharedData('feeds/azurelinux-oval/cbl-mariner-2.0-oval.2024-01-22.xml.zst')],
  ['azurelinux-3.0-oval.xml', sharedData('feeds/azurelinux-oval/azurelinux-3.0-oval.2024-10-10.xml.zst')],
] as const;

/** The rpm database of a Mariner 2 image, as rpm lists it, and Microsoft's OVAL, as regular expressions read it. */
export const mariner: RealCase = {
  name: 'the rpm database of a Mariner 2.0 image and the OVAL of January 2024',
  missing: missing(),
  feed: { id: 'azure-linux', options: (url) => ({ url: `${url}/` }) },
  load() {
    const texts = new Map(OVAL.map(([file, path]) => [file, zstdDecompressSync(readFileSync(path ?? ''))]));
    const packages = packagesByRpm(DATABASE ?? '');
    const findings = findingsIn(texts.get('cbl-mariner-2.0-oval.xml')?.toString() ?? '', packages);
    return {
      documents: Object.fromEntries([...texts].map(([file, bytes]) => [`/${file}`, bytes])),
      files: [
        osRelease({ ID: 'mariner', VERSION_ID: '2.0' }),
        { path: 'var/lib/rpm/rpmdb.sqlite', content: readFileSync(DATABASE ?? '') },
      ],
      findings,
      packages: packages.length,
    };
  },
};

function missing(): string | undefined {
  if (DATABASE === undefined || OVAL.some(([, path]) => path === undefined)) return 'shared data';
  return hasProgram('rpm') ? undefined : 'rpm';
}

interface Listed {
  readonly subject: string;
  readonly evr: string;
  readonly source: string;
}

function packagesByRpm(database: string): readonly Listed[] {
  const format = '%{NAME}.%{ARCH} %{EPOCHNUM} %{VERSION}-%{RELEASE} %{SOURCERPM}\\n';
  const printed = inTemporaryDirectory((directory) => {
    copyFileSync(database, join(directory, 'rpmdb.sqlite'));
    return execFileSync('rpm', ['--dbpath', directory, '-qa', '--qf', format]).toString();
  });
  return printed
    .trim()
    .split('\n')
    .filter((line) => !line.startsWith('gpg-pubkey.'))
    .map((line) => {
      const [name = '', epoch = '0', version = '', sourceRpm = ''] = line.split(' ');
      const evr = epoch === '0' ? version : `${epoch}:${version}`;
      return { subject: `${name} ${evr}`, evr, source: sourceRpm.replace(/-[^-]+-[^-]+$/, '') };
    });
}

/** Ids of a definition's test, object and state end in the definition's number and 000, 001, 002. */
function findingsIn(oval: string, packages: readonly Listed[]): readonly string[] {
  const names = new Map(
    Array.from(oval.matchAll(/obj:(\d+)001"[^>]*>\s*<linux-def:name>([^<]*)</g), ([, id, name]) => [id, name]),
  );
  const states = new Map(
    Array.from(
      oval.matchAll(/ste:(\d+)002"[^>]*>\s*<linux-def:evr [^>]*operation="([^"]*)">([^<]*)</g),
      ([, id, operation, evr]) => [id, { operation, evr: evr ?? '' }],
    ),
  );
  const candidates: Candidate[] = [];
  const lines: string[] = [];
  const definitions = /<definition [^>]*def:(\d+)"[\s\S]*?<title>(\S+)[\s\S]*?<patchable>([^<]*)</g;
  for (const [, number, id = '', patchable] of oval.matchAll(definitions)) {
    if (patchable === 'Not Applicable') continue;
    const state = states.get(number);
    for (const { subject, evr } of packages.filter(({ source }) => source === names.get(number))) {
      const bound = state?.evr.replace(': ', ':') ?? '';
      if (!/^\d+:[^-,\s]+-[^-,\s]+$/.test(bound)) lines.push(`${subject}: ${id} undecidable`);
      else
        candidates.push({ subject, id, version: evr, bound, isInclusive: state?.operation === 'less than or equal' });
    }
  }
  return [...lines, ...inRangeOfRpm(candidates).map(affectedLine)];
}
