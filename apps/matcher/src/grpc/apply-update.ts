import type { ApplyUpdateRequest, ApplyUpdateResponse } from '@clair/contracts';
import type { MatcherDeps } from '../matcher-deps.ts';
import { renewStatistics } from '../store/planner-statistics.ts';
import { type ApplySummary, applyUpdate } from '../update/apply-update.ts';
import { readUpdate } from '../update/update-stream.ts';

/** From this many rows on, the planner's idea of the tables is renewed at once. */
const ANALYZE_ROWS_MIN = 5_000;

/** @see proto/clair/matcher/v1/matcher.proto ApplyUpdate */
export async function handleApplyUpdate(
  deps: MatcherDeps,
  request: AsyncIterable<ApplyUpdateRequest>,
): Promise<ApplyUpdateResponse> {
  const startMs = deps.clock();
  const update = await readUpdate(request, startMs);
  const { feed } = update.header;
  const summary = await applyUpdate(deps.db, update, startMs);
  if (summary.rowsWritten >= ANALYZE_ROWS_MIN) await tryRenewStatistics(deps);
  report(deps, feed, summary, (deps.clock() - startMs) / 1_000);
  return {
    operation: summary.operation,
    unchanged: summary.operation === 0,
    affectedAdded: summary.affectedAdded,
    affectedRemoved: summary.affectedRemoved,
    advisoriesChanged: summary.advisoriesChanged,
    rowsWritten: summary.rowsWritten,
  };
}

/** The update is committed: a failure here must not make it look as if it were not. */
async function tryRenewStatistics(deps: MatcherDeps): Promise<void> {
  try {
    await renewStatistics(deps.db);
  } catch (error) {
    deps.log.warn({ err: error }, 'planner statistics not renewed');
  }
}

function report(deps: MatcherDeps, feed: string, summary: ApplySummary, seconds: number): void {
  const { rejections, ...counts } = summary;
  deps.metrics.updateApplied({
    feed,
    seconds,
    rowsWritten: counts.rowsWritten,
    rejected: counts.rejected,
    unchanged: counts.operation === 0,
  });
  if (counts.rejected > 0) deps.log.warn({ feed, rejected: counts.rejected, rejections }, 'advisories rejected');
  deps.log.info({ feed, seconds, ...counts }, 'update applied');
}
