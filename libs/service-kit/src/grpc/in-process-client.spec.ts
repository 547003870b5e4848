import { IndexerServiceDefinition, MatcherServiceDefinition } from '@clair/contracts';
import { CONTRACT_DEADLINE_MS, describeClientContract } from './client.contract.ts';
import { inProcessClient } from './in-process-client.ts';

describeClientContract('in-process client', async ({ matcher, indexer }) => ({
  matcher: inProcessClient(MatcherServiceDefinition, matcher, { deadlineMs: CONTRACT_DEADLINE_MS }),
  indexer: inProcessClient(IndexerServiceDefinition, indexer, { deadlineMs: CONTRACT_DEADLINE_MS }),
  close: async () => undefined,
}));
