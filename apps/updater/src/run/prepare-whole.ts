import { rm } from 'node:fs/promises';
import { ok, type Result } from '@clair/model';
import { type FollowedChanges, NO_CHANGES, type PartitionState } from '../store/partitions.ts';
import type { FetchedDocument, FetchOutcome } from './fetcher.ts';
import { implausibleContent, plausibleBytesMax } from './plausibility.ts';
import {
  believedState,
  lastGood,
  type PartitionInput,
  type PrepareDeps,
  type PreparedPartition,
  placeOf,
  revisedHash,
} from './prepared-partition.ts';
import { readCompared, readSpooled } from './read-document.ts';

export interface WholeOptions {
  /** A document that was published before is no news, whatever it holds: RFC 3339. */
  readonly newerThan?: string;
  /** From when on its changes are asked for, once this document was taken. */
  readonly follow?: (document: FetchedDocument) => FollowedChanges;
}

/** A partition's document, or its archive, fetched as far as it changed, and read. */
export async function prepareWhole(
  input: PartitionInput,
  deps: PrepareDeps,
  options: WholeOptions = {},
): Promise<PreparedPartition> {
  const { name } = input.partition;
  // Where the whole is wanted instead of its changes, the matcher has said that it does not have it after all.
  const isWanted = input.force || (input.whole && input.partition.changes !== undefined);
  const believed = isWanted ? undefined : believedState(input);
  try {
    const fetched = await fetchDocument(input, deps, believed);
    if (!fetched.ok) return { kind: 'failed', name, reason: fetched.error, bytes: 0 };
    if (fetched.value.kind === 'absent') return { kind: 'absent', name };
    if (fetched.value.kind === 'not-modified') return { kind: 'unchanged', name, bytes: 0 };
    const document = { ...fetched.value, contentHash: revisedHash(input.feed, fetched.value.contentHash) };
    const { etag, lastModified, bytes, publishedAt } = document;
    if (believed?.contentHash === document.contentHash) {
      const state = { ...believed, etag, lastModified, checksum: checksumOf(input) };
      return { kind: 'unchanged', name, bytes, state };
    }
    if (isOld(publishedAt, options.newerThan)) {
      // It will be as old when it is asked for again, and a server that knows what we have seen need not send it.
      return { kind: 'unchanged', name, bytes, ...(believed && { state: { ...believed, etag, lastModified } }) };
    }
    const changes = options.follow?.(document) ?? NO_CHANGES;
    return await readDocument(input, deps, { document, changes, believed: input.whole ? undefined : believed });
  } finally {
    await rm(input.paths.document, { force: true });
  }
}

async function fetchDocument(
  input: PartitionInput,
  deps: PrepareDeps,
  believed: PartitionState | undefined,
): Promise<Result<FetchOutcome, string>> {
  const { request } = input.partition;
  const checksum = checksumOf(input);
  if (checksum !== '' && believed?.checksum === checksum) return ok({ kind: 'not-modified' });
  const before = lastGood(input);
  const bytesMax = input.force ? request.bytesMax : plausibleBytesMax(request.bytesMax, before?.bytes, deps.limits);
  // Where the source says another checksum, a server that says "not modified" is behind.
  const conditional = checksum === '' ? believed : undefined;
  return deps.fetcher.fetch(
    { ...request, bytesMax },
    { path: input.paths.document, conditional, signal: input.signal },
  );
}

function checksumOf({ partition }: PartitionInput): string {
  const { checksum } = partition.request;
  return checksum === undefined ? '' : `${checksum.algorithm}:${checksum.hex.toLowerCase()}`;
}

function isOld(publishedAt: string, newerThan: string | undefined): boolean {
  if (newerThan === undefined || publishedAt === '') return newerThan !== undefined;
  return Date.parse(publishedAt) <= Date.parse(newerThan);
}

interface FetchedPartition {
  readonly document: FetchedDocument;
  readonly changes: FollowedChanges;
  /** What the matcher has, when the document may be sent as changes of it. */
  readonly believed: PartitionState | undefined;
}

async function readDocument(
  input: PartitionInput,
  deps: PrepareDeps,
  { document, changes, believed }: FetchedPartition,
): Promise<PreparedPartition> {
  const { partition } = input;
  const { name } = partition;
  const { etag, lastModified, contentHash, bytes } = document;
  const before = believed && (await deps.recordHashes?.(name, believed.contentHash));
  // Archives are of sources that have a log of changes, or of many documents, of which one may be cut in the middle.
  const isCompared = deps.recordHashes !== undefined && partition.archive === undefined;
  const sentBefore = before && { hashes: before, rejectedRecords: believed?.rejectedRecords ?? 0 };
  const read = await input.reading.run(() =>
    isCompared ? readCompared(input, document, sentBefore) : readSpooled(input, document),
  );
  if (!read.ok) return { kind: 'failed', name, reason: read.error, bytes };
  const { parsed, hashes, sent } = read.value;
  // Forced, it need not resemble the last one; but a document of which nothing reads is none.
  const implausible = implausibleContent(parsed, input.force ? undefined : lastGood(input), deps.limits);
  if (implausible !== undefined) return { kind: 'failed', name, reason: implausible, bytes };
  const { advisories, rejectedRecords } = parsed;
  const checksum = checksumOf(input);
  const counts = { bytes, advisories, rejectedRecords };
  const state = { name, url: placeOf(partition), etag, lastModified, checksum, contentHash, ...counts, changes };
  const whole = { spoolPath: input.paths.spool, advisories };
  const ready = { name, partition, state, parsed, bytes, sent: sent ?? whole };
  return { kind: 'ready', ...ready, ...(hashes && { hashes }) };
}
