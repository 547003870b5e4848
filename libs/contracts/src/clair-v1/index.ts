export { type DistributionV1, distributionV1 } from './distribution-v1.ts';
export { type IndexReportFacts, type IndexReportV1, indexReportV1 } from './index-report-v1.ts';
export { type EnvironmentV1, type InventoryV1, inventoryV1, type NumberedInventoryV1 } from './inventory-v1.ts';
export { type PackageV1, packageV1 } from './package-v1.ts';
export { ecosystemOfRepositoryV1 } from './repository-v1.ts';
export { type VulnerabilityFacts, type VulnerabilityV1, vulnerabilityV1 } from './vulnerability-v1.ts';
