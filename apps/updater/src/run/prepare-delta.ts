import { hash } from 'node:crypto';
import type { ChangedDocument } from '@clair/feeds';
import { redactUrl } from '@clair/oci';
import { inflate } from '../documents/inflate.ts';
import type { PartitionState } from '../store/partitions.ts';
import { mapConcurrently } from './map-concurrently.ts';
import type { OneAtATime } from './one-at-a-time.ts';
import { implausibleDelta } from './plausibility.ts';
import {
  type FailedPartition,
  type PartitionInput,
  type PrepareDeps,
  type ReadyPartition,
  revisedHash,
  type UnchangedPartition,
} from './prepared-partition.ts';
import { type RecordSink, withRecordSink } from './record-sink.ts';

/** Documents that cannot be had before no more are asked for: the server is away, and each attempt takes its time. */
const FAILURES_MAX = 20;
const FAILURES_SHOWN = 3;

export interface DeltaInput {
  readonly input: PartitionInput;
  /** What the documents change. */
  readonly base: PartitionState;
  readonly due: readonly ChangedDocument[];
}

export interface Delta {
  readonly outcome: ReadyPartition | UnchangedPartition | FailedPartition;
  /** Keys of the documents that could not be had. */
  readonly left: ReadonlySet<string>;
}

/** The changed documents, fetched and read. The state of a ready one has the changes followed so far; the caller says how far. */
export async function prepareDelta(delta: DeltaInput, deps: PrepareDeps): Promise<Delta> {
  const { input, due } = delta;
  const { feed, partition, paths } = input;
  return withRecordSink({ feed, partition, spoolPath: paths.spool }, async (sink) => {
    const reading = new DeltaReading(sink, input.reading);
    // The newest first: the oldest are those that could not be had before, and shall not keep the others from being asked for.
    const outcomes = await mapConcurrently(due.toReversed(), deps.concurrency, (document) => {
      input.signal.throwIfAborted();
      if (reading.failures.length >= FAILURES_MAX) return reading.leave(document);
      return takeDocument(reading, { input, document }, deps);
    });
    return concludeDelta(delta, reading, { outcomes: outcomes.sort(), deps });
  });
}

function concludeDelta(
  { input, base, due }: DeltaInput,
  reading: DeltaReading,
  { outcomes, deps }: { readonly outcomes: readonly string[]; readonly deps: PrepareDeps },
): Delta {
  const { partition, paths } = input;
  const { name } = partition;
  const { bytes, left, parsed } = reading;
  const problem = reading.problemOf(due.length);
  if (left.size === due.length) return { outcome: { kind: 'unchanged', name, bytes, ...problem }, left };
  const endedKeys = reading.endedKeys();
  const counts = { ...parsed, ended: endedKeys.length };
  const implausible = implausibleDelta(counts, base, deps.limits);
  if (implausible !== undefined) return { outcome: { kind: 'failed', name, reason: implausible, bytes }, left };
  const contentHash = revisedHash(input.feed, hash('sha256', JSON.stringify([base.contentHash, outcomes])));
  const rejectedRecords = base.rejectedRecords + parsed.rejectedRecords;
  const state = { ...base, contentHash, rejectedRecords };
  const sent = { spoolPath: paths.spool, advisories: parsed.advisories, delta: { endedKeys } };
  return { outcome: { kind: 'ready', name, partition, state, parsed, bytes, sent, ...problem }, left };
}

interface DocumentInput {
  readonly input: PartitionInput;
  readonly document: ChangedDocument;
}

/** Resolves with a line that tells this content of the document from any other. */
async function takeDocument(
  reading: DeltaReading,
  { input, document }: DocumentInput,
  deps: PrepareDeps,
): Promise<string> {
  if (document.request === undefined) return reading.withdraw(document);
  const fetched = await deps.fetcher.fetchWhole(document.request, input.signal);
  if (!fetched.ok) return reading.fail(document, fetched.error);
  // A mirror that lacks a document proves nothing: only the log says that it is withdrawn.
  if (fetched.value.kind === 'absent')
    return reading.fail(document, `${redactUrl(document.request.url)}: the server answered 404`);
  const { bytes } = fetched.value;
  await reading.take(document, bytes);
  return `${document.key} ${hash('sha256', bytes)}`;
}

/** What came of the documents so far. They are fetched several at a time, and read one after the other. */
class DeltaReading {
  readonly failures: string[] = [];
  readonly left = new Set<string>();
  bytes = 0;
  readonly #sink: RecordSink;
  readonly #said = new Set<string>();
  readonly #ended = new Set<string>();
  readonly #reading: OneAtATime;

  constructor(sink: RecordSink, reading: OneAtATime) {
    this.#sink = sink;
    this.#reading = reading;
  }

  get parsed() {
    return this.#sink.parsed;
  }

  /** A document that another one speaks for now has not ended. */
  endedKeys(): string[] {
    return [...this.#ended].filter((key) => !this.#said.has(key)).sort();
  }

  problemOf(documents: number): { readonly problem?: string } {
    if (this.left.size === 0) return {};
    const shown = this.failures.slice(0, FAILURES_SHOWN).join('; ');
    return { problem: `${this.left.size} of ${documents} changed documents could not be had: ${shown}` };
  }

  fail({ key }: ChangedDocument, reason: string): string {
    this.failures.push(`${key}: ${reason}`);
    this.left.add(key);
    return `${key} left`;
  }

  /** Not even asked for. */
  async leave({ key }: ChangedDocument): Promise<string> {
    this.left.add(key);
    return `${key} left`;
  }

  withdraw({ key }: ChangedDocument): string {
    this.#ended.add(key);
    return `${key} withdrawn`;
  }

  async take({ key }: ChangedDocument, document: Uint8Array): Promise<void> {
    this.bytes += document.length;
    await this.#reading.run(() => this.#read(key, document));
  }

  async #read(key: string, document: Uint8Array): Promise<void> {
    const taken = await this.#sink.takeKeys(inflate(only(document)));
    if (!taken.ok) {
      this.#sink.reject({ at: key, reason: taken.error });
      return;
    }
    for (const said of taken.value.keys) this.#said.add(said);
    // A document of which a record could not be read may have meant this one: what was known of it stays.
    if (!taken.value.keys.has(key) && taken.value.rejectedRecords === 0) this.#ended.add(key);
  }
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
