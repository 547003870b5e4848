import type { MatcherDeps } from './matcher-deps.ts';
import type { ReportOutcome } from './report-on-subject.ts';

/** What `build` resolves to, measured. */
export async function measureReport(
  deps: Pick<MatcherDeps, 'metrics'>,
  build: () => Promise<ReportOutcome>,
): Promise<ReportOutcome> {
  const startMs = performance.now();
  const outcome = await build();
  const seconds = (performance.now() - startMs) / 1_000;
  deps.metrics.reportBuilt(seconds, outcome.kind === 'known' ? 'not-modified' : outcome.kind);
  if (outcome.kind === 'report') {
    deps.metrics.findingsUndecided(outcome.report.findings.filter(({ verdict }) => verdict === 'undecidable').length);
  }
  return outcome;
}
