import { advisoryToWire } from '@clair/contracts';
import { type Feed, MalformedDocument, type Partition } from '@clair/feeds';
import { err, ok, type Rejection, type Result } from '@clair/model';
import { openSpool, type SpoolWriter } from './spool.ts';

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
  readonly #rejections: string[] = [];
  #advisories = 0;
  #rejectedRecords = 0;

  constructor(feed: Feed, partition: Partition, spool: SpoolWriter) {
    this.#feed = feed;
    this.#partition = partition;
    this.#spool = spool;
  }

  get parsed(): ParsedPartition {
    return {
      advisories: this.#advisories,
      rejectedRecords: this.#rejectedRecords,
      rejections: [...this.#rejections],
    };
  }

  /** Every record of the document. The error is a sentence: it is not of the feed's format, and nothing of it was taken. */
  async take(document: AsyncIterable<Uint8Array>): Promise<Result<{ readonly rejectedRecords: number }, string>> {
    return this.#take(document, () => {});
  }

  /** As {@link take}, for a small document of which the keys are wanted. */
  async takeKeys(document: AsyncIterable<Uint8Array>): Promise<Result<ParsedDocument, string>> {
    const keys = new Set<string>();
    const taken = await this.#take(document, (key) => keys.add(key));
    return taken.ok ? ok({ keys, rejectedRecords: taken.value.rejectedRecords }) : taken;
  }

  reject(rejection: Rejection): void {
    this.#rejectedRecords += 1;
    if (this.#rejections.length >= REJECTIONS_SHOWN) return;
    this.#rejections.push(`${this.#partition.name} ${rejection.at}: ${rejection.reason}`.slice(0, 500));
  }

  async #take(
    document: AsyncIterable<Uint8Array>,
    onKey: (key: string) => void,
  ): Promise<Result<{ readonly rejectedRecords: number }, string>> {
    const before = { end: this.#spool.end, advisories: this.#advisories, rejected: this.#rejectedRecords };
    const shown = this.#rejections.length;
    try {
      for await (const record of this.#feed.parse(this.#partition, document)) {
        if (record.ok) {
          this.#advisories += 1;
          onKey(record.value.key);
          await this.#spool.write({ message: { $case: 'advisory', value: advisoryToWire(record.value) } });
        } else {
          this.reject(record.error);
        }
      }
    } catch (error) {
      if (!(error instanceof MalformedDocument)) throw error;
      await this.#spool.truncate(before.end);
      this.#advisories = before.advisories;
      this.#rejectedRecords = before.rejected;
      this.#rejections.length = shown;
      return err(error.message);
    }
    return ok({ rejectedRecords: this.#rejectedRecords - before.rejected });
  }
}

/** A sink over a new spool at `path`, which is closed when `work` is done. */
export async function withRecordSink<T>(
  target: { readonly feed: Feed; readonly partition: Partition; readonly spoolPath: string },
  work: (sink: RecordSink) => Promise<T>,
): Promise<T> {
  const spool = await openSpool(target.spoolPath);
  try {
    return await work(new RecordSink(target.feed, target.partition, spool));
  } finally {
    await spool.close();
  }
}
