import { buildReport, type ReportOutcome, type ReportRequest } from './build-report.ts';
import type { MatcherDeps } from './matcher-deps.ts';

/** {@link buildReport}, measured. */
export async function readReport(deps: MatcherDeps, request: ReportRequest): Promise<ReportOutcome> {
  const startMs = performance.now();
  const outcome = await buildReport(deps, request);
  const seconds = (performance.now() - startMs) / 1_000;
  deps.metrics.reportBuilt(seconds, outcome.kind === 'known' ? 'not-modified' : outcome.kind);
  if (outcome.kind === 'report') {
    deps.metrics.findingsUndecided(outcome.report.findings.filter(({ verdict }) => verdict === 'undecidable').length);
  }
  return outcome;
}
