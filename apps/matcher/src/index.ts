export type { VulnerabilityReportV2 } from './report/v2-schema.ts';
export { createMatcherService, type MatcherService, type MatcherServiceOptions } from './service.ts';
export { migrations } from './store/migrations.ts';
