import {
  affectedFromWire,
  DiffOperationsRequest,
  type DiffOperationsResponse,
  FindAffectedManifestsRequest,
  type FindAffectedManifestsResponse,
  packageFromWire,
  type WireAffected,
} from '@clair/contracts';
import { decide } from '@clair/matching';
import { ecosystemOfNamespace } from '@clair/model';
import { ServiceError } from '@clair/service-kit';
import type { ProcessDependencies } from '../process/dependencies.ts';
import type { World } from './world.ts';

export type FakeClients = Pick<ProcessDependencies, 'matcher' | 'indexer'>;

/** The matcher and the indexer of `world()`, asked anew at each call. `pause` is awaited before each message. */
export function fakeClients(world: () => World, pause: () => Promise<void> = async () => undefined): FakeClients {
  return {
    matcher: {
      async listUpdateOperations({ includeDeleted = false }) {
        await pause();
        const listed = world().operations.filter(({ deleted = false }) => includeDeleted || !deleted);
        const operations = listed.map((operation) => ({
          ...operation,
          loadsNamespaces: operation.firstLoad,
          ref: '',
          fingerprint: '',
          date: '',
        }));
        return { operations: operations.toReversed() };
      },
      async listFeeds() {
        return { feeds: [] };
      },
      async *diffOperations(request) {
        for (const row of diff(world(), DiffOperationsRequest.fromPartial(request))) {
          await pause();
          yield row;
        }
      },
    },
    indexer: {
      async *findAffectedManifests(requests) {
        for await (const partial of requests) {
          const { ref, affected } = FindAffectedManifestsRequest.fromPartial(partial);
          if (affected === undefined) throw new ServiceError('invalid-argument', 'affected is missing');
          await pause();
          yield* manifestsWith(world(), ref, affected);
          yield { ref, manifestHash: '', package: undefined, verdict: '', end: true, labels: [] };
        }
      },
    },
  };
}

function* diff(world: World, { after, through }: DiffOperationsRequest): Generator<DiffOperationsResponse> {
  if (after < (world.historyFrom ?? 0)) throw new ServiceError('failed-precondition', 'that history is gone');
  const firstLoads = new Set(world.operations.filter(({ firstLoad }) => firstLoad).map(({ id }) => id));
  for (const { from, to = Number.POSITIVE_INFINITY, vulnerability } of world.rows) {
    const before = from <= after && to > after;
    const afterwards = from <= through && to > through;
    if (before && !afterwards) yield { change: 'removed', vulnerability, risen: undefined };
    if (!before && afterwards && !firstLoads.has(from)) yield { change: 'added', vulnerability, risen: undefined };
    // The matcher gives those of packages of which something changed; of the others they change nothing.
    const isOfLanguage = ecosystemOfNamespace(vulnerability.affected?.namespace ?? '') !== undefined;
    if (before && afterwards && isOfLanguage) yield { change: 'kept', vulnerability, risen: undefined };
  }
  for (const { at, vulnerability, risen } of world.risen ?? []) {
    if (at > after && at <= through) yield { change: 'risen', vulnerability, risen };
  }
}

function* manifestsWith(world: World, ref: number, wire: WireAffected): Generator<FindAffectedManifestsResponse> {
  const affected = affectedFromWire(wire);
  if (!affected.ok) throw new ServiceError('invalid-argument', affected.error.reason);
  for (const [manifestHash, packages] of Object.entries(world.manifests)) {
    for (const message of packages) {
      const pkg = packageFromWire(message);
      if (!pkg.ok || pkg.value.namespace !== affected.value.namespace) continue;
      const verdict = decide(pkg.value, affected.value);
      if (verdict.kind === 'not-affected') continue;
      const labels = Object.entries(world.labels?.[manifestHash] ?? {}).map(([name, values]) => ({ name, values }));
      yield { ref, manifestHash, package: message, verdict: verdict.kind, end: false, labels };
    }
  }
}
