import type {
  Coverage,
  Finding,
  ListFeedsResponse,
  Vulnerability,
  VulnerabilityReport,
  WireInventoryPackage,
} from '@clair/contracts';
import { Bug, compareSeverity, parseSeverity, type Severity } from '@clair/model';
import { flawsOf } from './flaws.ts';
import { compareRisk, flawsV2, type Risk, risks } from './risk.ts';
import type { CoverageV2, FeedsV2, FindingV2, VulnerabilityReportV2 } from './v2-schema.ts';

/** How a report is looked at; nothing of it changes what is found. */
export interface ReportView {
  readonly minSeverity?: Severity;
  /** `risk`: the riskiest finding first. Absent: by package. */
  readonly order?: 'risk';
}

/**
 * A report with the evidence of every finding and the coverage statement. With `minSeverity`, findings below it are not
 * shown, and `hidden` says how many those are; vulnerabilities without a shown finding are left out with them. A finding
 * whose severity nobody has stated (`Unknown`) counts as below everything.
 */
export function vulnerabilityReportV2(report: VulnerabilityReport, view: ReportView = {}): VulnerabilityReportV2 {
  const { minSeverity } = view;
  const risk = risks(report);
  const shown = report.findings.filter((finding) => isShown(vulnerabilityOf(report, finding), minSeverity));
  if (view.order === 'risk') shown.sort((a, b) => compareRisk(ranked(a), ranked(b)));
  function ranked(finding: Finding): { readonly risk: Risk; readonly severity: string } {
    const { normalizedSeverity } = affectedOf(vulnerabilityOf(report, finding));
    return { risk: risk[finding.vulnerability] ?? { exploited: false }, severity: normalizedSeverity };
  }
  const referred = [
    ...shown.flatMap(({ vulnerability, also }) => [vulnerability, ...also]),
    ...report.setAside.map(({ vulnerability }) => vulnerability),
  ];
  const used = [...new Set(referred)].sort((a, b) => a - b);
  const position = new Map(used.map((from, to) => [from, to]));
  const named = new Set(used.flatMap((index) => flawsOf(vulnerabilityAt(report, index))));
  const at = (vulnerability: number): number => position.get(vulnerability) ?? 0;
  return {
    manifest_hash: report.manifestHash,
    operation: report.operation,
    coverage: coverageV2(report.coverage),
    distributions: report.distributions.map((distribution) => ({
      did: distribution.did,
      version_id: distribution.versionId,
      version_code_name: distribution.versionCodeName,
      pretty_name: distribution.prettyName,
      namespace: distribution.namespace,
    })),
    packages: report.packages.map(packageV2),
    vulnerabilities: used.map((index) => vulnerabilityV2(vulnerabilityAt(report, index), risk[index])),
    flaws: flawsV2(report.enrichments.filter(({ flaw }) => named.has(flaw))),
    findings: shown.map((finding) => findingV2(finding, vulnerabilityOf(report, finding), at)),
    set_aside: report.setAside.map(({ package: pkg, vulnerability, why, reason }) => ({
      package: pkg,
      vulnerability: at(vulnerability),
      why,
      reason,
    })),
    hidden: {
      findings: report.findings.length - shown.length,
      ...(minSeverity === undefined ? {} : { min_severity: minSeverity }),
    },
  };
}

/** The feeds as ListFeeds has them, in JSON. */
export function feedsV2(response: ListFeedsResponse): FeedsV2 {
  return {
    feeds: response.feeds.map((feed) => ({
      feed: feed.feed,
      fetched_at: feed.fetchedAt,
      ...(feed.changedAt === '' ? {} : { changed_at: feed.changedAt }),
      operation: feed.operation,
      advisories: feed.advisories,
      affected: feed.affected,
      rejected_records: feed.rejectedRecords,
      partitions: feed.partitions.map(({ name, fingerprint, namespaces }) => ({
        name,
        fingerprint,
        namespaces: [...namespaces],
      })),
    })),
  };
}

function isShown(vulnerability: Vulnerability, minSeverity: Severity | undefined): boolean {
  if (minSeverity === undefined) return true;
  const severity = parseSeverity(affectedOf(vulnerability).normalizedSeverity) ?? 'Unknown';
  return compareSeverity(severity, minSeverity) >= 0;
}

function findingV2(finding: Finding, vulnerability: Vulnerability, at: (vulnerability: number) => number): FindingV2 {
  const affected = affectedOf(vulnerability);
  const { introduced = '', fixed = '', lastAffected = '' } = affected.range ?? {};
  return {
    package: finding.package,
    vulnerability: at(finding.vulnerability),
    ...(finding.also.length === 0 ? {} : { also: finding.also.map(at) }),
    verdict: finding.verdict,
    ...(finding.reason === '' ? {} : { reason: finding.reason }),
    severity: affected.severity,
    normalized_severity: affected.normalizedSeverity,
    fix_state: affected.fixState,
    ...(fixed === '' || affected.fixState !== 'fixed' ? {} : { fixed_in: fixed }),
    evidence: {
      feed: vulnerability.feed,
      partition: vulnerability.partition,
      advisory: vulnerability.name,
      ...(affected.bulletin === '' ? {} : { bulletin: affected.bulletin }),
      namespace: affected.namespace,
      package: affected.package,
      package_kind: affected.packageKind,
      scheme: affected.scheme,
      range: {
        ...(introduced === '' ? {} : { introduced }),
        ...(fixed === '' ? {} : { fixed }),
        ...(lastAffected === '' ? {} : { last_affected: lastAffected }),
      },
      arches: [...affected.arches],
      module: affected.module,
      ...(affected.cpe === '' ? {} : { cpe: affected.cpe }),
      status: affected.status,
      version_compared: finding.comparedVersion,
    },
  };
}

function packageV2({ package: pkg, locations }: WireInventoryPackage): VulnerabilityReportV2['packages'][number] {
  if (pkg === undefined) throw new Bug('a report holds a package without its facts');
  return {
    name: pkg.name,
    version: pkg.version,
    type: pkg.type,
    namespace: pkg.namespace,
    arch: pkg.arch,
    module: pkg.module,
    cpes: [...pkg.cpes],
    ...(pkg.owner === '' ? {} : { owner: pkg.owner }),
    source: { name: pkg.source?.name ?? '', version: pkg.source?.version ?? '' },
    locations: locations.map(({ path, introducedIn, layer }) => ({ file: path, introduced_in: introducedIn, layer })),
  };
}

function vulnerabilityV2(
  vulnerability: Vulnerability,
  risk: Risk = { exploited: false },
): VulnerabilityReportV2['vulnerabilities'][number] {
  return {
    id: String(vulnerability.id),
    name: vulnerability.name,
    description: vulnerability.description,
    ...(vulnerability.issued === '' ? {} : { issued: vulnerability.issued }),
    links: [...vulnerability.links],
    aliases: [...vulnerability.aliases],
    upstream: [...vulnerability.upstream],
    cvss: [...vulnerability.cvss],
    weaknesses: [...vulnerability.weaknesses],
    flaws: [...flawsOf(vulnerability)],
    risk: { ...risk },
  };
}

function coverageV2(coverage: Coverage | undefined): CoverageV2 {
  if (coverage === undefined) throw new Bug('a report has no coverage statement');
  return {
    verdict: coverage.verdict,
    reasons: [...coverage.reasons],
    namespaces: coverage.namespaces.map(({ namespace, packages, feeds }) => ({
      namespace,
      packages,
      feeds: feeds.map(({ feed, fetchedAt, stale }) => ({ feed, fetched_at: fetchedAt, stale })),
    })),
    problems: coverage.problems.map(({ scanner, path, kind, reason }) => ({ scanner, path, kind, reason })),
  };
}

function vulnerabilityOf(report: VulnerabilityReport, finding: Finding): Vulnerability {
  return vulnerabilityAt(report, finding.vulnerability);
}

function vulnerabilityAt(report: VulnerabilityReport, index: number): Vulnerability {
  const vulnerability = report.vulnerabilities[index];
  if (vulnerability === undefined) throw new Bug('a finding points out of its report');
  return vulnerability;
}

function affectedOf(vulnerability: Vulnerability): NonNullable<Vulnerability['affected']> {
  if (vulnerability.affected === undefined) throw new Bug(`vulnerability ${vulnerability.id} has no affected row`);
  return vulnerability.affected;
}
