import {
  type ApplyUpdateHeader,
  type ApplyUpdateRequest,
  type ApplyUpdateResponse,
  type MatcherServiceClient,
  MatcherServiceDefinition,
  type MatcherServiceImplementation,
  type WireAdvisory,
} from '@clair/contracts';
import { Unavailable } from '@clair/model';
import { inProcessClient, ServiceError } from '@clair/service-kit';

export interface RecordedPartition {
  readonly name: string;
  readonly fingerprint: string;
  readonly namespaces: readonly string[];
  readonly removed: boolean;
  readonly rejected: number;
  readonly changesOnly: boolean;
  readonly endedKeys: readonly string[];
  readonly advisories: readonly WireAdvisory[];
}

export interface RecordedUpdate {
  readonly header: ApplyUpdateHeader;
  readonly partitions: readonly RecordedPartition[];
}

/**
 * Stands in for the matcher: keeps to the protocol of ApplyUpdate as the proto has it (order, count, all or nothing) and
 * keeps what it was sent, so that a test can see both the calls and the state that they make.
 */
export class RecordingMatcher {
  readonly updates: RecordedUpdate[] = [];
  /** Feed to what it holds now. */
  readonly held = new Map<string, { fetchedAt: string; partitions: Map<string, RecordedPartition> }>();
  /** While set, ApplyUpdate reads the stream and then is away, as when the answer is lost on its way. */
  away: 'no' | 'all' | 'apply' = 'no';
  /** Called for every message of a stream. */
  onMessage: () => Promise<void> = () => Promise.resolve();
  #operation = 0;

  client(): MatcherServiceClient {
    const unused = () => {
      throw new ServiceError('failed-precondition', 'the updater has no business here');
    };
    const implementation: MatcherServiceImplementation = {
      applyUpdate: (request) => this.#apply(request),
      listFeeds: async () => this.#list(),
      getSbomReport: unused,
      getVulnerabilityReport: unused,
      listUpdateOperations: unused,
      deleteUpdateOperation: unused,
      diffOperations: unused,
    };
    return inProcessClient(MatcherServiceDefinition, implementation);
  }

  /** Advisories held of a feed, by partition and key. */
  keys(feed: string): Record<string, string[]> {
    const partitions = [...(this.held.get(feed)?.partitions ?? [])].sort(([a], [b]) => a.localeCompare(b));
    return Object.fromEntries(partitions.map(([name, { advisories }]) => [name, advisories.map(({ key }) => key)]));
  }

  /** Everything that the advisories of a feed say, for comparison. */
  #said(feed: string): string {
    const partitions = [...(this.held.get(feed)?.partitions ?? [])];
    const said = partitions.map(([name, { advisories }]) => [
      name,
      [...advisories].map((one) => JSON.stringify(one)).sort(),
    ]);
    return JSON.stringify(said.sort());
  }

  #list() {
    if (this.away === 'all') throw new Unavailable('the matcher is away');
    const feeds = [...this.held].map(([feed, { fetchedAt, partitions }]) => ({
      feed,
      fetchedAt,
      advisories: [...partitions.values()].reduce((sum, { advisories }) => sum + advisories.length, 0),
      partitions: [...partitions.values()].map(({ name, fingerprint, namespaces }) => ({
        name,
        fingerprint,
        namespaces: [...namespaces],
      })),
    }));
    return { feeds };
  }

  async #apply(request: AsyncIterable<ApplyUpdateRequest>): Promise<Partial<ApplyUpdateResponse>> {
    if (this.away === 'all') throw new Unavailable('the matcher is away');
    const update = await this.#read(request);
    if (this.away === 'apply') throw new Unavailable('the matcher is away');
    this.updates.push(update);
    const { feed, fetchedAt } = update.header;
    const before = this.#said(feed);
    const held = new Map(this.held.get(feed)?.partitions);
    for (const partition of update.partitions) {
      if (partition.removed) held.delete(partition.name);
      else held.set(partition.name, partition.changesOnly ? merged(held.get(partition.name), partition) : partition);
    }
    this.held.set(feed, { fetchedAt, partitions: held });
    const unchanged = this.#said(feed) === before;
    return { unchanged, operation: unchanged ? 0 : ++this.#operation };
  }

  async #read(request: AsyncIterable<ApplyUpdateRequest>): Promise<RecordedUpdate> {
    let header: ApplyUpdateHeader | undefined;
    let committed: number | undefined;
    const partitions: (RecordedPartition & { advisories: WireAdvisory[] })[] = [];
    for await (const { message } of request) {
      await this.onMessage();
      if (committed !== undefined) throw refused('a message after the commit');
      if ((header === undefined) !== (message?.$case === 'header'))
        throw refused('the header is not the first message');
      if (message?.$case === 'header') header = message.value;
      if (message?.$case === 'commit') committed = message.value.advisories;
      if (message?.$case === 'partition') {
        const { rejectedRecords: rejected, ...facts } = message.value;
        partitions.push({ ...facts, rejected, advisories: [] });
      }
      if (message?.$case === 'advisory') {
        const partition = partitions.at(-1);
        if (partition === undefined || partition.removed) throw refused('an advisory without a partition');
        partition.advisories.push(message.value);
      }
    }
    const count = partitions.reduce((sum, { advisories }) => sum + advisories.length, 0);
    if (header === undefined || committed !== count) throw refused(`${count} came, ${committed} were sent`);
    if (Number.isNaN(Date.parse(header.fetchedAt))) throw refused('fetched_at is no time');
    return { header, partitions };
  }
}

function merged(before: RecordedPartition | undefined, changes: RecordedPartition): RecordedPartition {
  if (before === undefined) throw new ServiceError('failed-precondition', `${changes.name} is not held`);
  const told = new Set([...changes.endedKeys, ...changes.advisories.map(({ key }) => key)]);
  const advisories = [...before.advisories.filter(({ key }) => !told.has(key)), ...changes.advisories];
  return { ...changes, advisories: advisories.sort((a, b) => (a.key < b.key ? -1 : 1)) };
}

function refused(reason: string): ServiceError {
  return new ServiceError('invalid-argument', `update refused: ${reason}`);
}
