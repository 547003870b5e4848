import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sharedData, zipArchive } from '@clair/testing';
import { osRelease } from '../os-release.ts';
import { type InstalledPackage, rpmDatabase } from '../package-databases.ts';
import { HOST_LISTS, hostPackages } from './host-list.ts';
import { hasProgram, inRangeOfRpm, inTemporaryDirectory, unpack } from './machine-tools.ts';
import { affectedLine, type Candidate, type RealCase } from './real-case.ts';

const OSV = sharedData('feeds/alma-osv/alma-osv.tar.zst');

/** The packages of a machine with AlmaLinux 9.0, none of them of a module, and all errata of AlmaLinux. */
export const almalinux: RealCase = {
  name: 'the packages of an AlmaLinux 9.0 machine and all errata up to August 2026',
  missing: OSV === undefined || HOST_LISTS === undefined ? 'shared data' : hasProgram('rpm') ? undefined : 'rpm',
  feed: { id: 'almalinux', options: (url) => ({ url: `${url}/all.zip` }) },
  load() {
    const packages = hostPackages('alma_9');
    const members = records(OSV ?? '');
    return {
      documents: { '/all.zip': zipArchive(members) },
      files: [osRelease({ ID: 'almalinux', VERSION_ID: '9.0' }), rpmDatabase('sqlite', packages)],
      findings: findingsIn(Object.values(members), packages),
      packages: packages.length,
    };
  },
};

/** Each record once: one about two releases is there under both. */
function records(archive: string): Readonly<Record<string, string>> {
  return inTemporaryDirectory((directory) => {
    unpack(archive, directory);
    const paths = readdirSync(join(directory, 'advisories'), { recursive: true, encoding: 'utf8' });
    const files = paths.filter((path) => path.endsWith('.json'));
    return Object.fromEntries(
      files.map((path) => [path.replace(/^.*\//, ''), readFileSync(join(directory, 'advisories', path), 'utf8')]),
    );
  });
}

interface OsvRecord {
  readonly id: string;
  readonly related?: readonly string[];
  readonly affected: readonly {
    readonly package: { readonly ecosystem: string; readonly name: string };
    readonly ranges: readonly { readonly events: readonly { readonly fixed?: string }[] }[];
  }[];
}

/** Every build that an erratum lists of a package; one that is in range of any is in range of the erratum. */
function findingsIn(texts: readonly string[], packages: readonly InstalledPackage[]): readonly string[] {
  const installed = Map.groupBy(packages, ({ name }) => name);
  const candidates = texts.flatMap((text): Candidate[] => {
    const record: OsvRecord = JSON.parse(text);
    if (!record.id.startsWith('ALSA-') && (record.related ?? []).length === 0) return [];
    return (
      record.affected
        .filter((one) => one.package.ecosystem === 'AlmaLinux:9')
        .flatMap((one) =>
          one.ranges
            .flatMap(({ events }) => events.flatMap(({ fixed }) => fixed ?? []))
            .map((bound) => [one.package.name, bound] as const),
        )
        // Builds of modules are not about packages outside them.
        .filter(([, bound]) => !/\.module[_+]el/.test(bound))
        .flatMap(([name, bound]) =>
          (installed.get(name) ?? []).map(({ version, arch }) => ({
            subject: `${name}.${arch} ${version}`,
            id: record.id,
            version,
            bound,
          })),
        )
    );
  });
  return [...new Set(inRangeOfRpm(candidates).map(affectedLine))];
}
