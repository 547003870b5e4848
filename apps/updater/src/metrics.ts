import type { FeedStatus } from '@clair/contracts';
import type { Metrics } from '@clair/service-kit';

export interface RunFacts {
  readonly feed: string;
  readonly outcome: 'changed' | 'unchanged' | 'partial' | 'failed' | 'busy';
  readonly seconds: number;
  readonly fetchedBytes: number;
}

export interface UpdaterMetrics {
  ran(run: RunFacts): void;
  /** Asks for the state of the feeds whenever metrics are read. While that cannot be had, their samples are missing. */
  watch(statuses: () => Promise<readonly FeedStatus[]>, clock: () => number): void;
}

const LABELS = ['feed'] as const;

/** The metrics of the updater, in `metrics`. */
export function createUpdaterMetrics(metrics: Metrics): UpdaterMetrics {
  const runs = metrics.counter({
    name: 'clair_updater_feed_runs_total',
    help: 'Runs of a feed, by outcome; partial: a part of the feed failed and keeps its older data.',
    labelNames: ['feed', 'outcome'],
  });
  const seconds = metrics.histogram({
    name: 'clair_updater_feed_run_seconds',
    help: 'Time of a feed run.',
    labelNames: LABELS,
    buckets: [0.1, 0.5, 1, 5, 15, 60, 300, 900],
  });
  const bytes = metrics.counter({
    name: 'clair_updater_fetched_bytes_total',
    help: 'Bytes of documents fetched.',
    labelNames: LABELS,
  });
  return {
    ran({ feed, outcome, seconds: durationSeconds, fetchedBytes }) {
      runs.inc({ feed, outcome });
      if (outcome === 'busy') return;
      seconds.observe({ feed }, durationSeconds);
      bytes.inc({ feed }, fetchedBytes);
    },
    watch: (statuses, clock) => watchFeeds(metrics, statuses, clock),
  };
}

function watchFeeds(metrics: Metrics, statuses: () => Promise<readonly FeedStatus[]>, clock: () => number): void {
  const rejected = metrics.gauge({
    name: 'clair_updater_feed_rejected_records',
    help: 'Records of a feed that could not be read, as of its last good documents.',
    labelNames: LABELS,
  });
  const failed = metrics.gauge({
    name: 'clair_updater_feed_failed_partitions',
    help: 'Partitions that failed in the last run of a feed.',
    labelNames: LABELS,
  });
  const age = metrics.gauge({
    name: 'clair_updater_feed_age_seconds',
    help: 'Time since the last wholly successful run of a feed; +Inf when there was none.',
    labelNames: LABELS,
    async collect() {
      // Without the database there are no ages, but all other metrics must still be readable.
      const known = await statuses().catch(() => []);
      for (const gauge of [age, rejected, failed]) gauge.reset();
      for (const status of known) {
        const { feed } = status;
        age.set({ feed }, ageSeconds(status, clock()));
        rejected.set({ feed }, status.rejectedRecords);
        failed.set({ feed }, status.failedPartitions);
      }
    },
  });
}

function ageSeconds({ lastSuccessAt }: FeedStatus, nowMs: number): number {
  return lastSuccessAt === '' ? Number.POSITIVE_INFINITY : Math.max(0, nowMs - Date.parse(lastSuccessAt)) / 1000;
}
