import { advisoryToWire } from '@clair/contracts';
import { type Feed, MalformedDocument, type Partition } from '@clair/feeds';
import { err, ok, type Rejection, type Result } from '@clair/model';
import { openSpool } from './spool.ts';

/** Rejections kept word for word; beyond them only the number grows. */
const REJECTIONS_SHOWN = 20;

export interface ParsedPartition {
  readonly advisories: number;
  readonly rejectedRecords: number;
  /** The first few rejections, `where: why`. */
  readonly rejections: readonly string[];
}

/**
 * Reads a partition's document into a spool of messages. The error is a sentence: the document as a whole is not of the
 * feed's format. Nothing is sent before the whole document was read, so a cut one cannot half replace good data.
 */
export async function parsePartition(
  feed: Feed,
  partition: Partition,
  io: { readonly document: AsyncIterable<Uint8Array>; readonly spoolPath: string },
): Promise<Result<ParsedPartition, string>> {
  const spool = await openSpool(io.spoolPath);
  const rejections: string[] = [];
  let advisories = 0;
  let rejectedRecords = 0;
  try {
    for await (const record of feed.parse(partition, io.document)) {
      if (record.ok) {
        advisories += 1;
        await spool.write({ message: { $case: 'advisory', value: advisoryToWire(record.value) } });
      } else {
        rejectedRecords += 1;
        if (rejections.length < REJECTIONS_SHOWN) rejections.push(describeRejection(partition, record.error));
      }
    }
  } catch (error) {
    if (error instanceof MalformedDocument) return err(error.message);
    throw error;
  } finally {
    await spool.close();
  }
  return ok({ advisories, rejectedRecords, rejections });
}

function describeRejection(partition: Partition, rejection: Rejection): string {
  return `${partition.name} ${rejection.at}: ${rejection.reason}`.slice(0, 500);
}
