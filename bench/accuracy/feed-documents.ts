import { type Feed, type FeedPlan, feedById, type Partition } from '@clair/feeds';
import type { Advisory } from '@clair/model';
import { AdvisoryIndex } from './advisory-index.ts';
import { type DataSet, dataSetBytes, dataSetMembers } from './data-set.ts';

/** What a feed of ours makes of real documents. */
export interface ParsedFeed {
  readonly index: AdvisoryIndex;
  readonly advisories: number;
  readonly rejections: number;
}

export interface FeedDocuments {
  /** The id of the feed in the registry. */
  readonly feed: string;
  /** The feed's partition that speaks for it is read. */
  readonly namespace: string;
  /** The document, or each wanted member of an archive. */
  readonly documents: Iterable<Uint8Array>;
  /** The ids under which the flaws of an advisory are reported. */
  readonly idsOf: (advisory: Advisory) => readonly string[];
}

/** Reads real documents with a feed of ours. */
export async function parsedFeed({ feed: feedId, namespace, documents, idsOf }: FeedDocuments): Promise<ParsedFeed> {
  const feed = feedById(feedId);
  if (feed === undefined) throw new Error(`there is no feed ${feedId}`);
  const partition = partitionOf(feed, namespace);
  const index = new AdvisoryIndex();
  let advisories = 0;
  let rejections = 0;
  for (const document of documents) {
    for await (const read of feed.parse(partition, inOnePiece(document))) {
      if (!read.ok) {
        rejections += 1;
        continue;
      }
      if ('flaw' in read.value) throw new Error(`${feedId} has no advisories`);
      advisories += 1;
      const ids = idsOf(read.value);
      for (const row of read.value.affected) index.add({ row, ids, issued: read.value.issued });
    }
  }
  return { index, advisories, rejections };
}

/** The members of an archive, as documents. */
export function* members(name: DataSet, wants: (path: string) => boolean): Generator<Uint8Array> {
  for (const { bytes } of dataSetMembers(name, wants)) yield bytes;
}

/** A data set that is one document. */
export function wholeDocument(name: DataSet): readonly Uint8Array[] {
  return [dataSetBytes(name)];
}

async function* inOnePiece(document: Uint8Array): AsyncIterable<Uint8Array> {
  yield document;
}

function partitionOf(feed: Feed, namespace: string): Partition {
  const plan = feed.plan({});
  if (!plan.ok) throw new Error(plan.error);
  const found = partitionsOf(plan.value).find(({ namespaces }) => namespaces.includes(namespace));
  if (found === undefined) throw new Error(`the feed ${feed.id} has no partition of ${namespace}`);
  return found;
}

function partitionsOf(plan: FeedPlan): readonly Partition[] {
  if (plan.kind === 'partitions') return plan.partitions;
  return plan.kind === 'index' ? plan.fallback : plan.plans.flatMap((one) => partitionsOf(one.plan));
}
