import { readFileSync } from 'node:fs';
import { zstdDecompressSync } from 'node:zlib';
import { sharedData } from '@clair/testing';
import { osRelease } from '../os-release.ts';
import { dpkgStatus, type InstalledPackage } from '../package-databases.ts';
import { HOST_LISTS, hostPackages } from './host-list.ts';
import { hasProgram, inRangeOfDpkg } from './machine-tools.ts';
import { affectedLine, type Candidate, type RealCase } from './real-case.ts';

const TRACKER = sharedData('feeds/debian-tracker-derived/json.zst');

/** The packages of a machine and a tracker of real facts, as dpkg orders versions. */
function debianHost(host: string, release: string, codename: string): RealCase {
  return {
    name: `the packages of a Debian ${release} machine and a tracker of real facts`,
    missing:
      TRACKER === undefined || HOST_LISTS === undefined ? 'shared data' : hasProgram('dpkg') ? undefined : 'dpkg',
    feed: { id: 'debian', options: (url) => ({ json_url: `${url}/json` }) },
    load() {
      const packages = hostPackages(host);
      const tracker = zstdDecompressSync(readFileSync(TRACKER ?? ''));
      return {
        documents: { '/json': tracker },
        files: [osRelease({ ID: 'debian', VERSION_ID: release, VERSION_CODENAME: codename }), dpkgStatus(packages)],
        findings: findingsIn(JSON.parse(tracker.toString()), packages, codename),
        packages: packages.length,
      };
    },
  };
}

export const debian9 = debianHost('debian_9', '9', 'stretch');
export const debian12 = debianHost('debian_12', '12', 'bookworm');
export const debian13 = debianHost('debian_13', '13', 'trixie');

type Tracker = Readonly<
  Record<string, Record<string, { releases: Record<string, { status: string; fixed_version?: string }> }>>
>;

function findingsIn(tracker: Tracker, packages: readonly InstalledPackage[], codename: string): readonly string[] {
  const candidates: Candidate[] = [];
  const lines: string[] = [];
  for (const pkg of packages) {
    const [, source = '', version = ''] = /^(\S+) \((.*)\)$/.exec(pkg.source ?? `${pkg.name} (${pkg.version})`) ?? [];
    const subject = `${pkg.name}.${pkg.arch} ${pkg.version}`;
    for (const [id, { releases }] of Object.entries(tracker[source] ?? {})) {
      const said = releases[codename];
      if (said === undefined || said.fixed_version === '0') continue;
      if (said.status === 'open') lines.push(`${subject}: ${id} affected`);
      else if (said.status === 'undetermined') lines.push(`${subject}: ${id} undecidable`);
      else candidates.push({ subject, id, version, bound: said.fixed_version ?? '' });
    }
  }
  return [...lines, ...inRangeOfDpkg(candidates).map(affectedLine)];
}
