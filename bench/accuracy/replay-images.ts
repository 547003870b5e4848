import type { Package } from '@clair/model';
import { contentOf, LayerReportBuilder, resolveInventory, SCANNERS } from '@clair/scanners';
import { dataSetMembers } from './data-set.ts';
import { type RecordedFinding, type RecordedPackage, type RecordedScan, recordedScan } from './recorded-scan.ts';

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** A root file system of the data set, and the scan whose report is of the same image. */
const ROOT_FILE_SYSTEMS = [
  { folder: 'debian13.1-vulnflask', report: 'debian13.1-vulnflask/trivy-report.2025-10-08.json' },
  { folder: 'alpine3.23.3-tp2sbom', report: 'alpine3.23.3-node-tp2sbom/trivy-results.json' },
  { folder: 'ubuntu25.10-deb-nightly', report: 'd09967dcd5 .github/sec-deb-nightly.yaml' },
  { folder: 'ubuntu26.04-deb-nightly', report: '26d9f433a0 .github/sec-deb-nightly.yaml' },
] as const;

/** Images of whose packages there is a list in a report and no database: the list is replayed. */
const LISTED: readonly string[] = [
  'debian13.1-vulnflask/trivy-report.2025-10-11.json',
  'juice-shop-v19/a-ph1larmon1a/juice-shop-trivy-detailed.json',
];

/** Trivy's report, as far as it is read. */
interface TrivyReport {
  readonly CreatedAt: string;
  readonly Metadata: { readonly OS: { readonly Family: string; readonly Name: string } };
  readonly Results: readonly {
    readonly Class: string;
    readonly Packages?: readonly Readonly<Record<string, unknown>>[];
    readonly Vulnerabilities?: readonly TrivyVulnerability[];
  }[];
}

interface TrivyVulnerability {
  readonly VulnerabilityID: string;
  readonly PkgName: string;
  readonly InstalledVersion: string;
  readonly FixedVersion?: string;
}

/**
 * The images of the data set: package databases, read by the scanners of an indexer through a layer and an inventory, with the
 * findings that another scanner had of the same image.
 */
export function replayImages(runs: readonly RecordedScan[]): readonly RecordedScan[] {
  const reports = new Map<string, RecordedScan>();
  const builders = new Map<string, LayerReportBuilder>();
  for (const { path, bytes } of dataSetMembers('images', isRead)) {
    const [, folder, inside] = /^reconstructed-rootfs\/([^/]+)\/(.+)$/.exec(path) ?? [];
    if (folder === undefined || inside === undefined) {
      reports.set(path, reportedScan(path, JSON.parse(decode(bytes))));
      continue;
    }
    const builder = builders.get(folder) ?? new LayerReportBuilder({ scanners: SCANNERS, decode });
    builders.set(folder, builder);
    if (builder.wants(inside) >= bytes.length) builder.file(inside, contentOf(bytes));
    else builder.skip(inside);
  }
  for (const run of runs) {
    const [commit = '', path = ''] = run.title.split(' ');
    reports.set(`${commit.slice(0, 10)} ${path}`, run);
  }
  const scanned = ROOT_FILE_SYSTEMS.map(({ folder, report }) => {
    const scan = reports.get(report);
    const builder = builders.get(folder);
    if (scan === undefined || builder === undefined) throw new Error(`no ${report} or no ${folder} in the data set`);
    return { ...scan, title: `${folder}, ${scan.date}`, packages: packagesOf(builder), listed: scan.packages };
  });
  const listed = LISTED.map((report) => {
    const scan = reports.get(report);
    if (scan === undefined) throw new Error(`no ${report} in the data set`);
    return { ...scan, title: `${report.split('/')[0]}, ${scan.date} (listed, not scanned)` };
  });
  return [...scanned, ...listed];
}

function isRead(path: string): boolean {
  return (
    /^reconstructed-rootfs\/[^/]+\/(etc|lib|var|usr)\//.test(path) ||
    LISTED.includes(path) ||
    ROOT_FILE_SYSTEMS.some(({ report }) => report === path)
  );
}

function packagesOf(builder: LayerReportBuilder): readonly Package[] {
  const layer = { digest: 'sha256:root', report: builder.finish({ blobBytes: 0, tarBytes: 0 }) };
  const { packages, problems } = resolveInventory([layer]);
  if (problems.length > 0) throw new Error(`a package database does not read: ${JSON.stringify(problems)}`);
  return packages;
}

function reportedScan(title: string, { CreatedAt, Metadata, Results }: TrivyReport): RecordedScan {
  const results = Results.filter((one) => one.Class === 'os-pkgs');
  const target = { title, date: CreatedAt.slice(0, 10), family: Metadata.OS.Family, release: Metadata.OS.Name };
  const packages = results.flatMap((one) => (one.Packages ?? []).map(lowerCase));
  return recordedScan(
    target,
    packages,
    results.flatMap((one) => (one.Vulnerabilities ?? []).map(finding)),
  );
}

/** `{"Name": …, "SrcName": …}` with the names of the recorded runs. */
function lowerCase(pkg: Readonly<Record<string, unknown>>): RecordedPackage {
  const fields = Object.entries(pkg).map(([key, value]) => [key.toLowerCase().replace('srcname', 'src'), value]);
  // Safety: the two forms of the report have the same fields but for the case and one name.
  return Object.fromEntries(fields) as RecordedPackage;
}

function finding(one: TrivyVulnerability): RecordedFinding {
  const { VulnerabilityID: id, PkgName: pkg, InstalledVersion: ver, FixedVersion: fixed } = one;
  return fixed === undefined ? { id, pkg, ver } : { id, pkg, ver, fixed };
}
