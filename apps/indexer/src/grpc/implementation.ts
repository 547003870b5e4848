import type { IndexerServiceImplementation, IndexReport } from '@clair/contracts';
import { ServiceError } from '@clair/service-kit';
import type { Indexer } from '../indexer.ts';
import { findAffectedManifests } from './find-affected-manifests.ts';

/** The gRPC contract over the use cases; one line a method, so that HTTP and gRPC cannot drift apart. */
export function indexerImplementation(indexer: Indexer): IndexerServiceImplementation {
  return {
    indexManifest: async (request, context) => ({ report: await indexer.index(request, context.signal) }),
    getIndexReport: async (request) => ({ report: known(await indexer.report(request.hash), request.hash) }),
    getInventoryHash: async (request) => {
      const state = await indexer.state(request.hash);
      if (state === undefined) throw notIndexed(request.hash);
      return { inventoryHash: state.inventoryHash, state: state.state };
    },
    getIndexState: async () => ({ state: indexer.indexState }),
    deleteManifests: async (request) => ({ hashes: await indexer.delete(request.hashes) }),
    findAffectedManifests: (requests) => findAffectedManifests(requests, indexer.db),
  };
}

function known(report: IndexReport | undefined, digest: string): IndexReport {
  if (report === undefined) throw notIndexed(digest);
  return report;
}

function notIndexed(digest: string): ServiceError {
  return new ServiceError('not-found', `manifest ${digest} is not indexed`);
}
