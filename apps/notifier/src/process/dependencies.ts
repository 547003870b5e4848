import type { IndexerServiceClient, MatcherServiceClient } from '@clair/contracts';
import type { Database, Log } from '@clair/postgres';
import type { NotifierMetrics } from '../notifier-metrics.ts';
import type { CommitRequest } from '../store/commit.ts';

/** What turning changes into notifications needs of the world. */
export interface ProcessDependencies {
  readonly db: Database;
  readonly matcher: Pick<MatcherServiceClient, 'listUpdateOperations' | 'diffOperations' | 'listFeeds'>;
  readonly indexer: Pick<IndexerServiceClient, 'findAffectedManifests'>;
  readonly log: Log;
  readonly metrics: NotifierMetrics;
  readonly clock: () => number;
  readonly webhook: boolean;
  readonly announce: CommitRequest['announce'];
}
