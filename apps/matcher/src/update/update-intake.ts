import { ServiceError } from '@clair/service-kit';
import type { EnrichmentStaging } from '../store/enrichment-staging.ts';
import type { NamedPartition, PartitionBook, PartitionFacts } from '../store/partitions.ts';
import type { PartitionEnd, Staging } from '../store/staging.ts';
import { KeySet } from './key-set.ts';
import type { UpdateMessage, UpdatePartition } from './update-stream.ts';

/** Reasons kept for the log; the rest are only counted. */
const REJECTIONS_SHOWN = 20;

interface OpenPartition {
  readonly named: NamedPartition;
  readonly sent: UpdatePartition;
  readonly keys: KeySet;
  rejected: number;
}

/**
 * Takes the messages of one update and hands the advisories on. A record that does not read, is beyond a limit, or has
 * a key that its partition had before, is rejected: it is counted in the partition's rejected records, and of two
 * records with one key the first stays. Of a partition of which only the changes came, the advisory of a rejected record
 * stays as it was.
 */
export class UpdateIntake {
  readonly #partitions: PartitionBook;
  readonly #staging: Staging;
  readonly #enrichments: EnrichmentStaging;
  readonly #open = new Map<string, OpenPartition>();
  #current: OpenPartition | undefined;
  #received = 0;
  readonly #rejections: string[] = [];

  constructor(
    partitions: PartitionBook,
    staging: { readonly advisories: Staging; readonly enrichments: EnrichmentStaging },
  ) {
    this.#partitions = partitions;
    this.#staging = staging.advisories;
    this.#enrichments = staging.enrichments;
  }

  /** Returns the number of advisories that the commit message says were sent. */
  async takeAll(messages: AsyncIterable<UpdateMessage>): Promise<number> {
    for await (const message of messages) {
      if (message.kind === 'commit') return message.advisories;
      if (message.kind === 'partition') await this.#begin(message.partition);
      else await this.#take(message);
    }
    throw new ServiceError('invalid-argument', 'update refused: the stream ended without a commit');
  }

  /** Advisories that came, the rejected ones included. */
  get received(): number {
    return this.#received;
  }

  /** What ends in the partitions named, beside what the advisories that came replace. */
  get ends(): readonly PartitionEnd[] {
    return [...this.#open.values()].map(({ named, sent, keys }) => ({
      partition: named,
      keys: sent.changesOnly ? sent.endedKeys.filter((key) => !keys.has(key)) : 'all-others',
    }));
  }

  get rejected(): number {
    return [...this.#open.values()].reduce((sum, { rejected }) => sum + rejected, 0);
  }

  get rejections(): readonly string[] {
    return this.#rejections;
  }

  /**
   * What is to be stored of the partitions named, by id. Changes never lower the count of rejected records, because nobody
   * knows which of those before they mend: it is a count since the whole partition came, and sent twice it stays the same.
   */
  facts(): ReadonlyMap<number, PartitionFacts> {
    const facts = [...this.#open.values()].map(({ named, sent, rejected }) => {
      const { name, fingerprint, namespaces, removed, changesOnly } = sent;
      const count = Math.max(sent.rejected + rejected, changesOnly ? named.rejected : 0);
      return [named.id, { name, fingerprint, namespaces, removed, rejected: count }] as const;
    });
    return new Map(facts);
  }

  async #begin(sent: UpdatePartition): Promise<void> {
    if (this.#open.has(sent.name)) {
      throw new ServiceError('invalid-argument', `update refused: partition ${sent.name} comes twice`);
    }
    const named = await this.#partitions.identify(sent.name);
    if (sent.changesOnly) requireBase(sent, named);
    this.#current = { named, sent, keys: new KeySet(), rejected: 0 };
    this.#open.set(sent.name, this.#current);
  }

  async #take(message: Extract<UpdateMessage, { kind: 'advisory' | 'enrichment' }>): Promise<void> {
    const partition = this.#current;
    if (partition === undefined) throw new ServiceError('invalid-argument', 'update refused: no partition is open');
    this.#received += 1;
    const record = message.kind === 'advisory' ? message.advisory : message.enrichment;
    if (!record.ok) return this.#reject(partition, message.key, record.error);
    const key = 'advisory' in record.value ? record.value.advisory.key : record.value.key;
    if (!partition.keys.add(key)) return this.#reject(partition, key, 'a second record with this key');
    if ('advisory' in record.value) await this.#staging.add(partition.named, record.value);
    else await this.#enrichments.add(partition.named, record.value);
  }

  #reject(partition: OpenPartition, key: string, reason: string): void {
    partition.rejected += 1;
    if (this.#rejections.length >= REJECTIONS_SHOWN) return;
    this.#rejections.push(`${partition.sent.name}: ${key.slice(0, 200)}: ${reason}`);
  }
}

/**
 * A sender that was held up may come with changes of what another has replaced meanwhile. Changes that are there already may come again:
 * their answer was lost.
 */
function requireBase(sent: UpdatePartition, named: NamedPartition): void {
  const refuse = (what: string) =>
    new ServiceError('failed-precondition', `changes of partition ${sent.name} came, ${what}; send it whole`);
  if (!named.isHeld) throw refuse('which is not held');
  const fits = ['', named.fingerprint].includes(sent.baseFingerprint) || sent.fingerprint === named.fingerprint;
  if (!fits) throw refuse('which is not held as what they are changes of');
}
