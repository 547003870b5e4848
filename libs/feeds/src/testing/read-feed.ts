import type { Advisory, Enrichment, Rejection } from '@clair/model';
import type { Feed, FeedRecord, Partition } from '../feed.ts';

export interface ReadFeed {
  readonly advisories: readonly Advisory[];
  readonly rejections: readonly Rejection[];
}

export interface ReadEnrichments {
  readonly enrichments: readonly Enrichment[];
  readonly rejections: readonly Rejection[];
}

/** A document, which comes in pieces of that many bytes. */
export interface Pieces {
  readonly document: Uint8Array;
  readonly pieceBytes?: number;
}

/** A partition as a plan would give it, of those namespaces. */
export function partitionFor(...namespaces: readonly string[]): Partition {
  return { name: 'test', namespaces, request: { url: 'https://feed.test/document', bytesMax: 1 } };
}

/** What the feed yields for the document. Throws for a feed of enrichments. */
export async function readFeed(feed: Feed, partition: Partition, pieces: Pieces): Promise<ReadFeed> {
  const { records, rejections } = await readRecords(feed, partition, pieces);
  return { advisories: records.map(asAdvisory), rejections };
}

/** What a feed of enrichments yields for the document. Throws for another. */
export async function readEnrichments(feed: Feed, pieces: Pieces): Promise<ReadEnrichments> {
  const { records, rejections } = await readRecords(feed, partitionFor(), pieces);
  return { enrichments: records.map(asEnrichment), rejections };
}

async function readRecords(feed: Feed, partition: Partition, { document, pieceBytes = 65_536 }: Pieces) {
  const records: FeedRecord[] = [];
  const rejections: Rejection[] = [];
  for await (const result of feed.parse(partition, inPieces(document, pieceBytes))) {
    if (result.ok) records.push(result.value);
    else rejections.push(result.error);
  }
  return { records, rejections };
}

function asAdvisory(record: FeedRecord): Advisory {
  if ('flaw' in record) throw new Error(`${record.key} is no advisory`);
  return record;
}

function asEnrichment(record: FeedRecord): Enrichment {
  if (!('flaw' in record)) throw new Error(`${record.key} is no enrichment`);
  return record;
}

async function* inPieces(bytes: Uint8Array, pieceBytes: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}
