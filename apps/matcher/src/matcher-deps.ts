import type { ReportDeps } from './build-report.ts';
import type { MatcherLog } from './matcher-log.ts';
import type { MatcherMetrics } from './matcher-metrics.ts';

/** What every handler of the matcher may use. */
export interface MatcherDeps extends ReportDeps {
  readonly log: MatcherLog;
  readonly metrics: MatcherMetrics;
}
