export { SBOM_BYTES_MAX } from './read-sbom-report.ts';
export type { SbomReportV2 } from './report/sbom-v2-schema.ts';
export type { VulnerabilityReportV2 } from './report/v2-schema.ts';
export { createMatcherService, type MatcherService, type MatcherServiceOptions } from './service.ts';
export { migrations } from './store/migrations.ts';
