import { readFileSync } from 'node:fs';
import { zstdDecompressSync } from 'node:zlib';
import type { ScannedPackage } from '@clair/model';
import { archiveTexts, sharedData } from '@clair/testing';
import { describe, expect, it } from 'vitest';
import type { ScanProblem } from './scanner.ts';
import { apk } from './scanners/apk/index.ts';
import { dpkg } from './scanners/dpkg/index.ts';
import { textFile } from './testing/scanned-file.ts';

/**
 * Package databases beside which another scanner's list of their packages lies: each must match its list, to the last field.
 * Skipped where the data sets are not beside the repository.
 */
const images = sharedData('cases/images.tar.zst');
const runs = sharedData('cases/trivy-runs.jsonl.zst');
const reports = sharedData('cases/trivy-integration.tar.zst');
const isThere = images !== undefined && runs !== undefined && reports !== undefined;

const scannerOf = (path: string) => [apk, dpkg].find((scanner) => scanner.wants(path));
const line = (p: ScannedPackage) => [p.name, p.version, p.arch, p.source.name, p.source.version].join(' ');

/** As the scanner that wants the path reads it. */
function scanned(
  path: string,
  text: string,
): { readonly packages: string[]; readonly problems: readonly ScanProblem[] } {
  const read = scannerOf(path)?.read(textFile(path, text));
  if (read === undefined || !read.ok) throw new Error(`${path}: ${read?.error.reason ?? 'no scanner wants it'}`);
  return { packages: read.value.packages.map(line).sort(), problems: read.value.problems };
}

interface ReportedPackage {
  readonly name: string;
  readonly version: string;
  readonly release?: string;
  readonly epoch?: number;
  readonly arch: string;
  readonly src: string;
  readonly srcversion: string;
  readonly srcrelease?: string;
  readonly srcepoch?: number;
}

/** The report splits versions; here they are whole again. */
function reportedLine(p: ReportedPackage): string {
  const whole = (epoch: number | undefined, version: string, release: string | undefined) =>
    `${epoch === undefined ? '' : `${epoch}:`}${version}${release === undefined ? '' : `-${release}`}`;
  const version = whole(p.epoch, p.version, p.release);
  return [p.name, version, p.arch, p.src, whole(p.srcepoch, p.srcversion, p.srcrelease)].join(' ');
}

/** `{"Name": …, "SrcName": …}` with the names that {@link ReportedPackage} has. */
function reported(packages: readonly Record<string, unknown>[]): string[] {
  const renamed = (key: string) => key.toLowerCase().replace('srcname', 'src');
  return packages.map((p) => {
    const fields = Object.entries(p).map(([key, value]) => [renamed(key), value] as const);
    // Safety: the two forms of the report have the same fields but for the case and one name.
    return reportedLine(Object.fromEntries(fields) as unknown as ReportedPackage);
  });
}

/** The packages of the operating system in a whole report. */
function osPackages(report: string): string[] {
  const { Results } = JSON.parse(report);
  return Results.filter((one: { Class: string }) => one.Class === 'os-pkgs').flatMap((one: { Packages: [] }) =>
    reported(one.Packages),
  );
}

/**
 * The packages of the operating system in a recorded run. Who rebuilt the databases of these runs wrote the versions without
 * epoch and revision, which the run has in fields of their own: so they are left out here.
 */
function packagesOfRun(commit: string): string[] {
  if (runs === undefined) return [];
  const lines = zstdDecompressSync(readFileSync(runs)).toString('utf8').split('\n');
  const run = JSON.parse(lines.find((text) => text.includes(`"commit":"${commit}`)) ?? '{"results":[]}');
  return run.results
    .filter((one: { class: string }) => one.class === 'os-pkgs')
    .flatMap((one: { packages: readonly ReportedPackage[] }) => one.packages)
    .map(({ name, version, arch, src, srcversion }: ReportedPackage) =>
      reportedLine({ name, version, arch, src, srcversion }),
    );
}

const ROOTS = 'reconstructed-rootfs';
const CASES = [
  {
    database: `${ROOTS}/debian13.1-vulnflask/var/lib/dpkg/status`,
    expected: () => osPackages(inImages.get('debian13.1-vulnflask/trivy-report.2025-10-08.json') ?? ''),
    count: 87,
  },
  {
    database: `${ROOTS}/ubuntu25.10-deb-nightly/var/lib/dpkg/status`,
    expected: () => packagesOfRun('d09967dcd5'),
    count: 122,
  },
  {
    database: `${ROOTS}/ubuntu26.04-deb-nightly/var/lib/dpkg/status`,
    expected: () => packagesOfRun('26d9f433a0'),
    count: 135,
  },
  {
    database: `${ROOTS}/alpine3.23.3-tp2sbom/lib/apk/db/installed`,
    expected: () => osPackages(inImages.get('alpine3.23.3-node-tp2sbom/trivy-results.json') ?? ''),
    count: 18,
  },
  {
    database: `${ROOTS}/trivy-alpine-310/lib/apk/db/installed`,
    expected: () => reported(JSON.parse([...inReports.values()][0] ?? '[]')),
    count: 14,
  },
];
const inImages = archiveTexts(
  images,
  (path) => scannerOf(path) !== undefined || /trivy-(?:report|results).*\.json$/.test(path),
);
const inReports = archiveTexts(reports, (path) => path.endsWith('packages/alpine-310.json.golden'));

describe.skipIf(!isThere)(
  `databases with a list of their packages${isThere ? '' : ' (skipped: no shared data)'}`,
  () => {
    it.each(CASES)('$database: $count packages', ({ database, expected, count }) => {
      const { packages, problems } = scanned(database, inImages.get(database) ?? '');
      expect(packages).toEqual(expected().sort());
      expect(packages).toHaveLength(count);
      expect(problems).toEqual([]);
    });

    it('are all that there are', () => {
      const databases = [...inImages.keys()].filter((path) => scannerOf(path) !== undefined);
      expect(databases.sort()).toEqual(CASES.map(({ database }) => database).sort());
    });
  },
);

const COVERAGE = 'cmd/syft/internal/test/integration/testdata/image-pkg-coverage';
const ALPINE = 'syft/pkg/cataloger/alpine/testdata';
const DEBIAN = 'syft/pkg/cataloger/debian/testdata';

/** What each database in the test data of other projects holds, read by eye; the package lists of those projects are in their code. */
const OTHERS: readonly { readonly path: string; readonly packages: readonly string[]; readonly problems: number }[] = [
  {
    path: `${COVERAGE}/lib/apk/db/installed`,
    packages: ['libc-utils 0.7.2-r0 x86_64 libc-dev 0.7.2-r0', 'musl-utils 1.1.24-r2 x86_64 musl 1.1.24-r2'],
    problems: 0,
  },
  {
    path: `${COVERAGE}/pkgs/lib/apk/db/installed`,
    packages: ['libc-utils 0.7.2-r0 x86_64 libc-dev 0.7.2-r0', 'musl-utils 1.1.24-r2 x86_64 musl 1.1.24-r2'],
    problems: 1,
  },
  { path: `${COVERAGE}/pkgs/var/lib/dpkg/status`, packages: ['apt 1.8.2 amd64 apt-dev 1.8.2'], problems: 0 },
  {
    path: `${COVERAGE}/pkgs/var/lib/dpkg/status.d/dash`,
    packages: ['dash 0.5.8-2.4 amd64 dash 0.5.8-2.4'],
    problems: 0,
  },
  { path: `${COVERAGE}/pkgs/var/lib/dpkg/status.d/netbase`, packages: ['netbase 5.4 all netbase 5.4'], problems: 0 },
  {
    path: `${ALPINE}/corrupt/lib/apk/db/installed`,
    packages: ['alpine-baselayout-data 3.2.0-r22 x86_64 alpine-baselayout 3.2.0-r22'],
    problems: 1,
  },
  { path: `${ALPINE}/glob-paths/lib/apk/db/installed`, packages: [], problems: 2 },
  {
    path: `${ALPINE}/multiple-1/lib/apk/db/installed`,
    packages: [
      'bash 5.2.21-r0 x86_64 bash 5.2.21-r0',
      'busybox-binsh 1.36.1-r15 x86_64 busybox 1.36.1-r15',
      'musl 1.2.4_git20230717-r4 x86_64 musl 1.2.4_git20230717-r4',
      'readline 8.2.1-r2 x86_64 readline 8.2.1-r2',
    ],
    problems: 0,
  },
  {
    path: `${ALPINE}/multiple-2/lib/apk/db/installed`,
    packages: [
      'alpine-baselayout-data 3.2.0-r22 x86_64 alpine-baselayout 3.2.0-r22',
      'musl 1.2.3-r0 x86_64 musl 1.2.3-r0',
      'busybox 1.35.0-r17 x86_64 busybox 1.35.0-r17',
      'alpine-baselayout 3.2.0-r22 x86_64 alpine-baselayout 3.2.0-r22',
      'alpine-keys 2.4-r1 x86_64 alpine-keys 2.4-r1',
      'ca-certificates-bundle 20220614-r0 x86_64 ca-certificates 20220614-r0',
      'libcrypto1.1 1.1.1q-r0 x86_64 openssl 1.1.1q-r0',
      'libssl1.1 1.1.1q-r0 x86_64 openssl 1.1.1q-r0',
      'ssl_client 1.35.0-r17 x86_64 busybox 1.35.0-r17',
      'zlib 1.2.12-r3 x86_64 zlib 1.2.12-r3',
      'apk-tools 2.12.9-r3 x86_64 apk-tools 2.12.9-r3',
      'scanelf 1.3.4-r0 x86_64 pax-utils 1.3.4-r0',
      'musl-utils 1.2.3-r0 x86_64 musl 1.2.3-r0',
      'libc-utils 0.7.2-r3 x86_64 libc-dev 0.7.2-r3',
    ],
    problems: 0,
  },
  {
    path: `${DEBIAN}/glob-paths/usr/lib/dpkg/status`,
    packages: ['libpam-runtime 1.1.8-3.6 all pam 1.1.8-3.6'],
    problems: 2,
  },
  { path: `${DEBIAN}/glob-paths/usr/lib/dpkg/status.d/pkg-1.0`, packages: [], problems: 2 },
  { path: `${DEBIAN}/glob-paths/var/lib/dpkg/status`, packages: [], problems: 3 },
  { path: `${DEBIAN}/glob-paths/var/lib/dpkg/status.d/pkg-1.0`, packages: [], problems: 2 },
  {
    path: `${DEBIAN}/image-distroless-deb/var/lib/dpkg/status.d/libsqlite3-0`,
    packages: ['libsqlite3-0 3.34.1-3 arm64 sqlite3 3.34.1-3'],
    problems: 0,
  },
  { path: `${DEBIAN}/image-distroless-deb/var/lib/dpkg/status.d/libsqlite3-0.md5sums`, packages: [], problems: 0 },
  { path: `${DEBIAN}/image-distroless-deb/var/lib/dpkg/status.d/libsqlite3-0.preinst`, packages: [], problems: 0 },
  {
    path: `${DEBIAN}/image-dpkg/var/lib/dpkg/status`,
    packages: ['libpam-runtime 1.1.8-3.6 all pam 1.1.8-3.6'],
    problems: 2,
  },
  {
    path: `${DEBIAN}/var/lib/dpkg/status.d/coreutils-relationships`,
    packages: [
      'coreutils 9.1-1 arm64 coreutils 9.1-1',
      'libacl1 2.3.1-3 arm64 acl 2.3.1-3',
      'libc6 2.36-9+deb12u1 arm64 glibc 2.36-9+deb12u1',
      'libgcc-s1 12.2.0-14 arm64 gcc-12 12.2.0-14',
      'gcc-12-base 12.2.0-14 arm64 gcc-12 12.2.0-14',
      'libattr1 1:2.5.1-4 arm64 attr 1:2.5.1-4',
      'libgmp10 2:6.2.1+dfsg1-1.1 arm64 gmp 2:6.2.1+dfsg1-1.1',
      'libselinux1 3.4-1+b6 arm64 libselinux 3.4-1',
      'libpcre2-8-0 10.42-1 arm64 pcre2 10.42-1',
    ],
    problems: 0,
  },
  { path: `${DEBIAN}/var/lib/dpkg/status.d/corrupt`, packages: [], problems: 2 },
  {
    path: `${DEBIAN}/var/lib/dpkg/status.d/deinstall`,
    packages: ['linux-image-6.14.0-1012-aws 6.14.0-1012.12~24.04.1 amd64 linux-signed-aws-6.14 6.14.0-1012.12~24.04.1'],
    problems: 0,
  },
  {
    path: `${DEBIAN}/var/lib/dpkg/status.d/doc-examples`,
    packages: [
      'mutt 1.3.17-1  mutt 1.3.17-1',
      'made-up-package-1 1.0.0  glibc 1.0.0',
      'made-up-package-2 2.0.0  made-up-package-2 2.0.0',
      'made-up-package-3 3.0.0  made-up-package-3 3.0.0',
      'made-up-package-4 3.0.0  made-up-package-4 3.0.0',
    ],
    problems: 16,
  },
  { path: `${DEBIAN}/var/lib/dpkg/status.d/empty`, packages: [], problems: 1 },
  {
    path: `${DEBIAN}/var/lib/dpkg/status.d/installed-size-4KB`,
    packages: ['apt 1.8.2 amd64 apt-dev 1.8.2'],
    problems: 0,
  },
  {
    path: `${DEBIAN}/var/lib/dpkg/status.d/libpam-runtime`,
    packages: ['libpam-runtime 1.5.2-6+deb12u1 all pam 1.5.2-6+deb12u1'],
    problems: 5,
  },
  {
    path: `${DEBIAN}/var/lib/dpkg/status.d/multiple`,
    packages: [
      'tzdata 2020a-0+deb10u1 all tzdata-dev 2020a-0+deb10u1',
      'util-linux 2.33.1-0.1 amd64 util-linux 2.33.1-0.1',
    ],
    problems: 2,
  },
  { path: `${DEBIAN}/var/lib/dpkg/status.d/single`, packages: ['apt 1.8.2 amd64 apt-dev 1.8.2'], problems: 0 },
];
const archives = ['claircore', 'syft', 'trivy-db'].map((name) => sharedData(`fixtures/${name}-testdata.tar.zst`));
const areThere = archives.every((archive) => archive !== undefined);
const inArchives = new Map(
  archives.flatMap((archive) => [...archiveTexts(archive, (path) => scannerOf(path) !== undefined)]),
);

describe.skipIf(!areThere)(`databases of other projects' tests${areThere ? '' : ' (skipped: no shared data)'}`, () => {
  it.each(OTHERS)('$path', ({ path, packages, problems }) => {
    const read = scanned(path, inArchives.get(path) ?? '');
    expect(read.packages).toEqual([...packages].sort());
    expect(read.problems).toHaveLength(problems);
  });

  it('are all that there are', () => {
    expect([...inArchives.keys()].sort()).toEqual(OTHERS.map(({ path }) => path).sort());
  });
});
