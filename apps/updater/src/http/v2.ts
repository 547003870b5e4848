import type { HttpServer } from '@clair/service-kit';
import { Type } from 'typebox';
import type { RunOutcome } from '../runner.ts';
import type { ShownFeedStatus } from '../status.ts';

const FeedStatusV2 = Type.Object({
  feed: Type.String(),
  title: Type.String(),
  last_attempt_at: Type.String({ description: 'RFC 3339; empty: never' }),
  last_success_at: Type.String(),
  last_changed_at: Type.String(),
  next_run_at: Type.String(),
  error: Type.String({ description: 'of the last attempt; empty when it succeeded' }),
  stale: Type.Boolean(),
  imported: Type.Boolean({
    description:
      'came in a bundle: times and counts are what the matcher holds, `last_success_at` is when it was fetched',
  }),
  advisories: Type.Integer(),
  rejected_records: Type.Integer(),
  rejections: Type.Array(Type.String()),
  partitions: Type.Integer(),
  failed_partitions: Type.Integer(),
  fetched_bytes: Type.Integer(),
  seconds: Type.Number(),
});

const RunBody = Type.Object({
  feeds: Type.Optional(Type.Array(Type.String(), { maxItems: 1000 })),
  force: Type.Optional(Type.Boolean()),
});

const FeedRunV2 = Type.Object({
  feed: Type.String(),
  outcome: Type.String({ description: 'changed, unchanged, failed, or busy: another replica is at it' }),
  error: Type.String({ description: 'what failed; also of a run that took the rest; empty when nothing did' }),
  operation: Type.Integer({ description: 'the update operation that was made; 0: none' }),
});

export interface UpdaterUseCases {
  statuses(): Promise<ShownFeedStatus[]>;
  run(feeds: readonly string[], options: { readonly force: boolean }): Promise<RunOutcome[]>;
}

/** What Clair never showed: how the feeds are doing, and a way to run one now. */
export function registerUpdaterHttp(server: HttpServer, updater: UpdaterUseCases): void {
  server.get(
    '/updater/api/v2/feeds',
    {
      schema: {
        tags: ['updater'],
        summary: 'How the runs of each feed go',
        response: { 200: Type.Object({ feeds: Type.Array(FeedStatusV2) }) },
        answers: { 200: 'The configured feeds.' },
      },
    },
    async () => ({ feeds: (await updater.statuses()).map(toV2) }),
  );
  server.post(
    '/updater/api/v2/feeds/run',
    {
      schema: {
        tags: ['updater'],
        summary: 'Run feeds now',
        body: RunBody,
        optionalBody: true,
        response: { 200: Type.Object({ runs: Type.Array(FeedRunV2) }) },
        answers: { 200: 'How each went: they have run.', errors: [400, 413, 422] },
      },
    },
    async (request) => ({
      runs: await updater.run(request.body.feeds ?? [], { force: request.body.force ?? false }),
    }),
  );
}

function toV2(status: ShownFeedStatus) {
  return {
    feed: status.feed,
    title: status.title,
    last_attempt_at: status.lastAttemptAt,
    last_success_at: status.lastSuccessAt,
    last_changed_at: status.lastChangedAt,
    next_run_at: status.nextRunAt,
    error: status.error,
    stale: status.stale,
    imported: status.imported,
    advisories: status.advisories,
    rejected_records: status.rejectedRecords,
    rejections: [...status.rejections],
    partitions: status.partitions,
    failed_partitions: status.failedPartitions,
    fetched_bytes: status.fetchedBytes,
    seconds: status.seconds,
  };
}
