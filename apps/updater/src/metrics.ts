import type { FeedStatus } from '@clair/contracts';
import type { Metrics } from '@clair/service-kit';

export interface UpdaterMetrics {
  ran(feed: string, outcome: string, seconds: number): void;
  /** Asks for the feeds' ages whenever metrics are read. */
  watch(statuses: () => Promise<readonly FeedStatus[]>): void;
}

export function createUpdaterMetrics(metrics: Metrics): UpdaterMetrics {
  const runs = metrics.counter({
    name: 'clair_updater_feed_runs_total',
    help: 'Runs of a feed, by outcome.',
    labelNames: ['feed', 'outcome'],
  });
  const seconds = metrics.histogram({
    name: 'clair_updater_feed_run_seconds',
    help: 'Time of a feed run.',
    labelNames: ['feed'],
    buckets: [0.1, 0.5, 1, 5, 15, 60, 300, 900],
  });
  return {
    ran(feed, outcome, durationSeconds) {
      runs.inc({ feed, outcome });
      seconds.observe({ feed }, durationSeconds);
    },
    watch(statuses) {
      const age = metrics.gauge({
        name: 'clair_updater_feed_age_seconds',
        help: 'Time since the last wholly successful run of a feed; +Inf when there was none.',
        labelNames: ['feed'],
        async collect() {
          const nowMs = Date.now();
          for (const status of await statuses()) {
            const ageMs =
              status.lastSuccessAt === '' ? Number.POSITIVE_INFINITY : nowMs - Date.parse(status.lastSuccessAt);
            age.set({ feed: status.feed }, ageMs / 1000);
          }
        },
      });
    },
  };
}
