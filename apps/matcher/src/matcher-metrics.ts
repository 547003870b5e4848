import type { Metrics } from '@clair/service-kit';

/** What the matcher counts. Labels are feeds and fixed words, never a digest or a package. */
export interface MatcherMetrics {
  reportBuilt(seconds: number, outcome: 'report' | 'not-modified' | 'nothing-loaded'): void;
  findingsUndecided(count: number): void;
  updateApplied(update: {
    readonly feed: string;
    readonly seconds: number;
    readonly rowsWritten: number;
    readonly rejected: number;
    readonly unchanged: boolean;
  }): void;
  historyForgotten(rows: { readonly operations: number; readonly affected: number; readonly revisions: number }): void;
}

export function createMatcherMetrics(metrics: Metrics): MatcherMetrics {
  const reportSeconds = metrics.histogram({
    name: 'clair_matcher_report_seconds',
    help: 'Time to answer for a vulnerability report, by outcome.',
    labelNames: ['outcome'],
    buckets: [0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.25, 0.5, 1, 5],
  });
  const undecided = metrics.counter({
    name: 'clair_matcher_undecidable_findings_total',
    help: 'Findings shown that could not be decided.',
  });
  const applySeconds = metrics.histogram({
    name: 'clair_matcher_apply_update_seconds',
    help: 'Time to apply an update of a feed.',
    labelNames: ['feed', 'changed'],
    buckets: [0.01, 0.05, 0.25, 1, 5, 15, 60, 300, 1800],
  });
  const rowsWritten = metrics.counter({
    name: 'clair_matcher_apply_update_rows_total',
    help: 'Rows inserted or updated by updates.',
    labelNames: ['feed'],
  });
  const rejected = metrics.counter({
    name: 'clair_matcher_rejected_records_total',
    help: 'Advisories sent by the updater that could not be taken.',
    labelNames: ['feed'],
  });
  const forgotten = metrics.counter({
    name: 'clair_matcher_retention_rows_total',
    help: 'Rows of history deleted by retention.',
    labelNames: ['table'],
  });
  return {
    reportBuilt: (seconds, outcome) => reportSeconds.observe({ outcome }, seconds),
    findingsUndecided: (count) => undecided.inc(count),
    updateApplied({ feed, seconds, rowsWritten: rows, rejected: bad, unchanged }) {
      applySeconds.observe({ feed, changed: unchanged ? 'no' : 'yes' }, seconds);
      rowsWritten.inc({ feed }, rows);
      rejected.inc({ feed }, bad);
    },
    historyForgotten(rows) {
      forgotten.inc({ table: 'update_operation' }, rows.operations);
      forgotten.inc({ table: 'affected' }, rows.affected);
      forgotten.inc({ table: 'advisory_revision' }, rows.revisions);
    },
  };
}
