import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { ChangedDocument } from '@clair/feeds';
import { err, ok, type Result } from '@clair/model';
import { inflate } from '../documents/inflate.ts';
import type { PartitionState } from '../store/partitions.ts';
import type { FetchOutcome } from './fetcher.ts';
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
    const outcomes = await mapConcurrently(due, deps.concurrency, (document, index) => {
      input.signal.throwIfAborted();
      if (reading.failures.length >= FAILURES_MAX) return reading.leave(document);
      return takeDocument(reading, { input, document, path: `${paths.document}-${index}` }, deps);
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
  const hash = createHash('sha256')
    .update(JSON.stringify([base.contentHash, outcomes]))
    .digest('hex');
  const rejectedRecords = base.rejectedRecords + parsed.rejectedRecords;
  const state = { ...base, contentHash: revisedHash(input.feed, hash), rejectedRecords };
  const sent = { spoolPath: paths.spool, advisories: parsed.advisories, delta: { endedKeys } };
  return { outcome: { kind: 'ready', name, partition, state, parsed, bytes, sent, ...problem }, left };
}

interface DocumentInput {
  readonly input: PartitionInput;
  readonly document: ChangedDocument;
  readonly path: string;
}

/** Resolves with a line that tells this content of the document from any other. */
async function takeDocument(reading: DeltaReading, given: DocumentInput, deps: PrepareDeps): Promise<string> {
  const { document, path } = given;
  try {
    const fetched = await fetchDocument(given, deps);
    if (!fetched.ok) return reading.fail(document, fetched.error);
    if (fetched.value.kind !== 'document') return reading.withdraw(document);
    const { contentHash, bytes, open } = fetched.value;
    await reading.take(document, { bytes, content: open });
    return `${document.key} ${contentHash}`;
  } finally {
    await rm(path, { force: true });
  }
}

async function fetchDocument(
  { input, document, path }: DocumentInput,
  deps: PrepareDeps,
): Promise<Result<FetchOutcome, string>> {
  if (document.request === undefined) return ok({ kind: 'absent' });
  // A mirror that lacks a document proves nothing: only the log says that it is withdrawn.
  const request = { ...document.request, absentIsFine: false };
  const fetched = await deps.fetcher.fetch(request, { path, conditional: undefined, signal: input.signal });
  return fetched.ok && fetched.value.kind === 'not-modified' ? err('the server said nothing of its content') : fetched;
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

  async take(
    { key }: ChangedDocument,
    document: { readonly bytes: number; content(): AsyncIterable<Uint8Array> },
  ): Promise<void> {
    this.bytes += document.bytes;
    await this.#reading.run(() => this.#read(key, document.content()));
  }

  async #read(key: string, content: AsyncIterable<Uint8Array>): Promise<void> {
    const taken = await this.#sink.takeKeys(inflate(content));
    if (!taken.ok) {
      this.#sink.reject({ at: key, reason: taken.error });
      return;
    }
    for (const said of taken.value.keys) this.#said.add(said);
    // A document of which a record could not be read may have meant this one: what was known of it stays.
    if (!taken.value.keys.has(key) && taken.value.rejectedRecords === 0) this.#ended.add(key);
  }
}
