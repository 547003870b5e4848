import { IndexerServiceDefinition, MatcherServiceDefinition } from '@clair/contracts';
import { createLogger } from '../logging/logger.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { bind } from './binding.ts';
import { CONTRACT_DEADLINE_MS, describeClientContract } from './client.contract.ts';
import { connectService } from './connect-service.ts';
import { startGrpcServer } from './grpc-server.ts';

describeClientContract('gRPC client', async ({ matcher, indexer }) => {
  const log = createLogger({ level: 'panic', name: 'test', destination: { write: () => undefined } });
  const server = await startGrpcServer({
    listen: '127.0.0.1:0',
    bindings: [bind(MatcherServiceDefinition, matcher), bind(IndexerServiceDefinition, indexer)],
    log,
    metrics: createMetrics({ processMetrics: false }),
  });
  const options = { deadlineMs: CONTRACT_DEADLINE_MS, log };
  const address = `127.0.0.1:${server.port}`;
  const matcherClient = connectService(MatcherServiceDefinition, address, options);
  const indexerClient = connectService(IndexerServiceDefinition, address, options);
  return {
    matcher: matcherClient,
    indexer: indexerClient,
    async close() {
      matcherClient.close();
      indexerClient.close();
      await server.stop(200);
    },
  };
});
