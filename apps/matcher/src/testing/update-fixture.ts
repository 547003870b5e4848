import { type ApplyUpdateRequest, advisoryToWire, enrichmentToWire } from '@clair/contracts';
import type { Advisory, Affected, Enrichment, FlawFacts } from '@clair/model';

/** An affected row of Debian 12; `fields` replaces what a test is about. */
export function affectedRow(fields: Partial<Affected> = {}): Affected {
  return {
    namespace: 'debian:12',
    package: 'openssl',
    packageKind: 'source',
    scheme: 'dpkg',
    range: { fixed: '3.0.11-1' },
    status: 'affected',
    fixState: 'fixed',
    arches: [],
    module: '',
    cpe: '',
    bulletin: '',
    severity: 'medium',
    normalizedSeverity: 'High',
    ...fields,
  };
}

export function advisory(key: string, fields: Partial<Advisory> = {}): Advisory {
  return {
    key,
    name: key,
    description: `about ${key}`,
    issued: '2024-01-02T03:04:05Z',
    links: [`https://example.org/${key}`],
    aliases: [],
    upstream: [],
    affected: [affectedRow()],
    ...fields,
  };
}

export function enrichment(flaw: string, facts: FlawFacts): Enrichment {
  return { key: flaw, flaw, facts };
}

export interface UpdateFixture {
  readonly feed?: string;
  readonly fingerprint?: string;
  readonly fetchedAt?: string;
  readonly partitions?: readonly PartitionFixture[];
  /** Default: the number of advisories. */
  readonly committed?: number;
  /** Send no commit. */
  readonly cut?: boolean;
}

export interface PartitionFixture {
  readonly name?: string;
  readonly fingerprint?: string;
  readonly namespaces?: readonly string[];
  readonly removed?: boolean;
  readonly rejectedRecords?: number;
  readonly advisories?: readonly Advisory[];
  readonly enrichments?: readonly Enrichment[];
  readonly changesOnly?: boolean;
  readonly endedKeys?: readonly string[];
  readonly baseFingerprint?: string;
}

/** The messages of one update, in order. */
export async function* updateMessages(update: UpdateFixture): AsyncGenerator<ApplyUpdateRequest> {
  const { feed = 'debian', fingerprint = 'f1', fetchedAt = '2024-06-01T00:00:00Z', partitions = [] } = update;
  yield { message: { $case: 'header', value: { feed, fingerprint, fetchedAt, staleAfterHours: 24 } } };
  let sent = 0;
  for (const partition of partitions) {
    yield { message: { $case: 'partition', value: partitionMessage(partition) } };
    for (const one of partition.advisories ?? []) {
      sent += 1;
      yield { message: { $case: 'advisory', value: advisoryToWire(one) } };
    }
    for (const one of partition.enrichments ?? []) {
      sent += 1;
      yield { message: { $case: 'enrichment', value: enrichmentToWire(one) } };
    }
  }
  if (update.cut === true) return;
  yield { message: { $case: 'commit', value: { advisories: update.committed ?? sent } } };
}

function partitionMessage(partition: PartitionFixture) {
  return {
    name: partition.name ?? 'all',
    fingerprint: partition.fingerprint ?? 'p1',
    namespaces: [...(partition.namespaces ?? ['debian:12'])],
    removed: partition.removed ?? false,
    rejectedRecords: partition.rejectedRecords ?? 0,
    changesOnly: partition.changesOnly ?? false,
    endedKeys: [...(partition.endedKeys ?? [])],
    baseFingerprint: partition.baseFingerprint ?? '',
  };
}
