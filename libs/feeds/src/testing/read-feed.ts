import type { Advisory, Rejection } from '@clair/model';
import type { Feed, Partition } from '../feed.ts';

export interface ReadFeed {
  readonly advisories: readonly Advisory[];
  readonly rejections: readonly Rejection[];
}

/** A partition as a plan would give it, of those namespaces. */
export function partitionFor(...namespaces: readonly string[]): Partition {
  return { name: 'test', namespaces, request: { url: 'https://feed.test/document', bytesMax: 1 } };
}

/** What the feed yields for the document, which comes in pieces of that many bytes. */
export async function readFeed(
  feed: Feed,
  partition: Partition,
  { document, pieceBytes = 65_536 }: { readonly document: Uint8Array; readonly pieceBytes?: number },
): Promise<ReadFeed> {
  const advisories: Advisory[] = [];
  const rejections: Rejection[] = [];
  for await (const result of feed.parse(partition, inPieces(document, pieceBytes))) {
    if (result.ok) advisories.push(result.value);
    else rejections.push(result.error);
  }
  return { advisories, rejections };
}

async function* inPieces(bytes: Uint8Array, pieceBytes: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}
