import { buildReport, type ReportRequest } from './build-report.ts';
import type { MatcherDeps } from './matcher-deps.ts';
import { measureReport } from './measure-report.ts';
import type { ReportOutcome } from './report-on-subject.ts';

/** {@link buildReport}, measured. */
export function readReport(deps: MatcherDeps, request: ReportRequest): Promise<ReportOutcome> {
  return measureReport(deps, () => buildReport(deps, request));
}
