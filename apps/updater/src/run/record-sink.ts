import { type ApplyUpdateRequest, advisoryToWire, enrichmentToWire } from '@clair/contracts';
import { type Feed, type FeedRecord, MalformedDocument, type Partition } from '@clair/feeds';
import { err, ok, type Rejection, type Result } from '@clair/model';
import type { ChangedRecords } from './changed-records.ts';
import { ScratchFile } from './scratch-file.ts';
import { encodeDelimited, openSpool, type SpoolWriter } from './spool.ts';

/** Rejections kept word for word; beyond them only the number grows. */
const REJECTIONS_SHOWN = 20;

export interface ParsedPartition {
  readonly advisories: number;
  readonly rejectedRecords: number;
  /** The first few rejections, `where: why`. */
  readonly rejections: readonly string[];
}

export interface ParsedDocument {
  readonly keys: ReadonlySet<string>;
  readonly rejectedRecords: number;
}

/** Collects what the documents of one partition say: advisories in a spool, rejections by their number and the first few words. */
export class RecordSink {
  readonly #feed: Feed;
  readonly #partition: Partition;
  readonly #spool: SpoolWriter;
  readonly #scratch: ScratchFile;
  readonly #rejections: string[] = [];
  #advisories = 0;
  #rejectedRecords = 0;

  constructor({ feed, partition }: SinkTarget, spool: SpoolWriter, scratch: ScratchFile) {
    this.#feed = feed;
    this.#partition = partition;
    this.#spool = spool;
    this.#scratch = scratch;
  }

  get parsed(): ParsedPartition {
    return {
      advisories: this.#advisories,
      rejectedRecords: this.#rejectedRecords,
      rejections: [...this.#rejections],
    };
  }

  /**
   * Every record of the document, and, where it is the whole partition, what changed of it. The error is a sentence: it is not of the feed's format, and
   * nothing of it was taken.
   */
  async take(
    document: AsyncIterable<Uint8Array>,
    changed?: ChangedRecords,
  ): Promise<Result<{ readonly rejectedRecords: number }, string>> {
    return this.#take(document, changed);
  }

  /** As {@link take}, for a small document of which the keys are wanted. */
  async takeKeys(document: AsyncIterable<Uint8Array>): Promise<Result<ParsedDocument, string>> {
    const keys = new Set<string>();
    const taken = await this.#take(document, undefined, (key) => keys.add(key));
    return taken.ok ? ok({ keys, rejectedRecords: taken.value.rejectedRecords }) : taken;
  }

  reject(rejection: Rejection): void {
    this.#rejectedRecords += 1;
    if (this.#rejections.length >= REJECTIONS_SHOWN) return;
    this.#rejections.push(`${this.#partition.name} ${rejection.at}: ${rejection.reason}`.slice(0, 500));
  }

  async #take(
    document: AsyncIterable<Uint8Array>,
    changed?: ChangedRecords,
    onKey?: (key: string) => void,
  ): Promise<Result<{ readonly rejectedRecords: number }, string>> {
    const before = { end: this.#spool.end, advisories: this.#advisories, rejected: this.#rejectedRecords };
    const shown = this.#rejections.length;
    try {
      const aids = { scratch: this.#scratch, filter: changed };
      for await (const record of this.#feed.parse(this.#partition, document, aids)) {
        if (record.ok) {
          this.#advisories += 1;
          const message = encodeDelimited({ message: recordMessage(record.value) });
          onKey?.(record.value.key);
          await changed?.take(record.value.key, message);
          await this.#spool.writeEncoded(message);
        } else {
          this.reject(record.error);
          changed?.keep();
        }
        if (changed?.isInVain === true) return err('too much of it changed');
      }
      this.#advisories += changed?.omitted ?? 0;
    } catch (error) {
      if (!(error instanceof MalformedDocument)) throw error;
      await this.#spool.truncate(before.end);
      this.#advisories = before.advisories;
      this.#rejectedRecords = before.rejected;
      this.#rejections.length = shown;
      return err(error.message);
    } finally {
      this.#scratch.clear();
    }
    return ok({ rejectedRecords: this.#rejectedRecords - before.rejected });
  }
}

function recordMessage(record: FeedRecord): ApplyUpdateRequest['message'] {
  return 'flaw' in record
    ? { $case: 'enrichment', value: enrichmentToWire(record) }
    : { $case: 'advisory', value: advisoryToWire(record) };
}

/** What is read, and where the messages go; beside it a scratch file lies while something is read that needs one. */
export interface SinkTarget {
  readonly feed: Feed;
  readonly partition: Partition;
  readonly spoolPath: string;
}

/** A sink over a new spool, which is closed when `work` is done. */
export async function withRecordSink<T>(target: SinkTarget, work: (sink: RecordSink) => Promise<T>): Promise<T> {
  const spool = await openSpool(target.spoolPath);
  const scratch = new ScratchFile(`${target.spoolPath}.scratch`);
  try {
    return await work(new RecordSink(target, spool, scratch));
  } finally {
    scratch.remove();
    await spool.close();
  }
}
