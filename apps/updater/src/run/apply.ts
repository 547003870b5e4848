import { createHash } from 'node:crypto';
import type { ApplyUpdateRequest, ApplyUpdateResponse, MatcherServiceClient } from '@clair/contracts';
import { readSpool } from './spool.ts';

/** A partition that is ready to be sent: read and believed, as a whole or what changed of it. */
export interface SentPartition {
  readonly name: string;
  readonly fingerprint: string;
  readonly namespaces: readonly string[];
  readonly rejected: number;
  readonly advisories: number;
  readonly spoolPath: string;
  /** The spool holds only what changed, and these ended. */
  readonly delta: { readonly endedKeys: readonly string[] } | undefined;
  /** Of what the matcher held when the changes were prepared; empty when it held nothing. */
  readonly baseFingerprint: string;
}

export interface Update {
  readonly feed: string;
  /** Of the feed as it is after the update, see {@link feedFingerprint}. */
  readonly fingerprint: string;
  readonly fetchedAt: string;
  readonly staleAfterHours: number;
  readonly partitions: readonly SentPartition[];
  /** Partitions that the source does not have any more. */
  readonly removed: readonly string[];
}

/** The same for the same partitions (name and fingerprint) in any order: sha256, hex. */
export function feedFingerprint(partitions: Iterable<readonly [name: string, fingerprint: string]>): string {
  const lines = [...partitions].map(([name, fingerprint]) => `${name} ${fingerprint}\n`).sort();
  return createHash('sha256').update(lines.join('')).digest('hex');
}

/** The messages of one update, in the order that `ApplyUpdate` wants. */
export async function* updateMessages(update: Update): AsyncGenerator<ApplyUpdateRequest> {
  yield {
    message: {
      $case: 'header',
      value: {
        feed: update.feed,
        fingerprint: update.fingerprint,
        fetchedAt: update.fetchedAt,
        staleAfterHours: update.staleAfterHours,
      },
    },
  };
  let advisories = 0;
  for (const partition of update.partitions) {
    yield partitionMessage({ ...partition, removed: false });
    advisories += partition.advisories;
    yield* readSpool(partition.spoolPath);
  }
  for (const name of update.removed) {
    const nothing = { fingerprint: '', namespaces: [], rejected: 0, delta: undefined, baseFingerprint: '' };
    yield partitionMessage({ ...nothing, name, removed: true });
  }
  yield { message: { $case: 'commit', value: { advisories } } };
}

function partitionMessage(
  partition: Omit<SentPartition, 'advisories' | 'spoolPath'> & { readonly removed: boolean },
): ApplyUpdateRequest {
  return {
    message: {
      $case: 'partition',
      value: {
        name: partition.name,
        fingerprint: partition.fingerprint,
        namespaces: [...partition.namespaces],
        removed: partition.removed,
        rejectedRecords: partition.rejected,
        changesOnly: partition.delta !== undefined,
        endedKeys: [...(partition.delta?.endedKeys ?? [])],
        baseFingerprint: partition.delta === undefined ? '' : partition.baseFingerprint,
      },
    },
  };
}

/** Sends an update; idempotent, so it may be sent again when its answer was lost. */
export async function applyUpdate(
  matcher: MatcherServiceClient,
  update: Update,
  signal: AbortSignal,
): Promise<ApplyUpdateResponse> {
  return matcher.applyUpdate(updateMessages(update), { signal });
}
