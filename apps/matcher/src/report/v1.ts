import {
  affectedFromWire,
  type DistributionV1,
  type InventoryV1,
  inventoryV1,
  type Vulnerability,
  type VulnerabilityReport,
  type VulnerabilityV1,
  vulnerabilityV1,
} from '@clair/contracts';
import { Bug } from '@clair/model';
import { type EnrichmentsV1, enrichmentsV1 } from './enrichments-v1.ts';

/** Clair's vulnerability report. @see https://github.com/quay/claircore/blob/main/vulnerabilityreport.go */
export interface VulnerabilityReportV1 extends InventoryV1 {
  readonly manifest_hash: string;
  readonly vulnerabilities: Readonly<Record<string, VulnerabilityV1>>;
  readonly package_vulnerabilities: Readonly<Record<string, readonly string[]>>;
  readonly enrichments: EnrichmentsV1;
}

/**
 * A report in Clair's shape, fields in Clair's order. Clair has no word for "could not be decided": an undecidable
 * finding is listed like any other, because leaving it out would say "not vulnerable". Only packages with findings are
 * in `package_vulnerabilities`; each of its lists is in ascending order and names a vulnerability once.
 */
export function vulnerabilityReportV1(report: VulnerabilityReport): VulnerabilityReportV1 {
  const { inventory, packageIds, distributionsByNamespace } = inventoryV1(report);
  const found = new Set(report.findings.map(({ vulnerability }) => vulnerability));
  const decisive = report.vulnerabilities.filter((_, index) => found.has(index));
  const vulnerabilities = decisive.map((vulnerability) => [
    String(vulnerability.id),
    vulnerabilityToV1(vulnerability, distributionsByNamespace.get(vulnerability.affected?.namespace ?? '')),
  ]);
  return {
    manifest_hash: report.manifestHash,
    packages: inventory.packages,
    distributions: inventory.distributions,
    repository: inventory.repository,
    environments: inventory.environments,
    vulnerabilities: Object.fromEntries(vulnerabilities),
    package_vulnerabilities: packageVulnerabilities(report, packageIds),
    enrichments: enrichmentsV1(report, decisive),
  };
}

/** One vulnerability in Clair's shape; `distribution`: that of the image, where there is one. */
export function vulnerabilityToV1(vulnerability: Vulnerability, distribution?: DistributionV1): VulnerabilityV1 {
  const affected = vulnerability.affected === undefined ? undefined : affectedFromWire(vulnerability.affected);
  if (affected?.ok !== true) throw new Bug(`vulnerability ${vulnerability.id} has no affected row that reads`);
  return vulnerabilityV1({ ...vulnerability, affected: affected.value }, distribution);
}

function packageVulnerabilities(
  report: VulnerabilityReport,
  packageIds: readonly string[],
): Readonly<Record<string, readonly string[]>> {
  const byPackage = new Map<string, Set<number>>();
  for (const finding of report.findings) {
    const packageId = packageIds[finding.package];
    const vulnerability = report.vulnerabilities[finding.vulnerability];
    if (packageId === undefined || vulnerability === undefined) throw new Bug('a finding points out of its report');
    const ids = byPackage.get(packageId);
    if (ids === undefined) byPackage.set(packageId, new Set([vulnerability.id]));
    else ids.add(vulnerability.id);
  }
  const entries = [...byPackage].map(([packageId, ids]) => [packageId, [...ids].sort((a, b) => a - b).map(String)]);
  return Object.fromEntries(entries);
}
