import type { IndexerServiceImplementation, MatcherServiceImplementation } from '@clair/contracts';
import type { CallContext } from 'nice-grpc-common';

export interface Implementations {
  readonly matcher: MatcherServiceImplementation;
  readonly indexer: IndexerServiceImplementation;
}

/** The methods that a test is about. */
export interface Overrides {
  readonly matcher?: Partial<MatcherServiceImplementation>;
  readonly indexer?: Partial<IndexerServiceImplementation>;
}

/** A unary handler that never answers, and tells when it was called and when its signal was aborted. */
export function waitingForAbort() {
  const entered = Promise.withResolvers<void>();
  const aborted = Promise.withResolvers<void>();
  return {
    entered: entered.promise,
    aborted: aborted.promise,
    answer: (_request: unknown, { signal }: CallContext): Promise<never> => {
      entered.resolve();
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          aborted.resolve();
          reject(signal.reason);
        });
      });
    },
  };
}

/** The items of a list, as a stream. */
export async function* messages<T>(list: readonly T[]): AsyncGenerator<T> {
  yield* list;
}

/** Requests of `ApplyUpdate` without an end. */
export async function* endless() {
  for (;;) {
    yield { message: { $case: 'header' as const, value: { feed: 'debian' } } };
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Implementations that know only the methods that a test gives. */
export function implementationsWith({ matcher, indexer }: Overrides): Implementations {
  const refuse = () => Promise.reject(new Error('not part of this test'));
  async function* refuseStream(): AsyncGenerator<never> {
    yield await refuse();
  }
  return {
    matcher: {
      applyUpdate: refuse,
      getVulnerabilityReport: refuse,
      getSbomReport: refuse,
      listFeeds: refuse,
      listUpdateOperations: refuse,
      deleteUpdateOperation: refuse,
      diffOperations: refuseStream,
      ...matcher,
    },
    indexer: {
      indexManifest: refuse,
      getIndexReport: refuse,
      getInventoryHash: refuse,
      getIndexState: refuse,
      deleteManifests: refuse,
      findAffectedManifests: refuseStream,
      ...indexer,
    },
  };
}
