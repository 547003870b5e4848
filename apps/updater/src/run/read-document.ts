import { ok, type Result } from '@clair/model';
import { ChangedRecords } from './changed-records.ts';
import type { FetchedDocument } from './fetcher.ts';
import { parsePartition } from './parse-partition.ts';
import type { PartitionInput, SpooledRecords } from './prepared-partition.ts';
import { encodeRecordHashes, type RecordHashes } from './record-hashes.ts';
import type { ParsedPartition } from './record-sink.ts';
import { openSpool } from './spool.ts';

export interface SpooledDocument {
  readonly parsed: ParsedPartition;
  readonly hashes: Uint8Array | undefined;
  /** As changes of what was sent before, where that can be; else the whole is in the partition's spool. */
  readonly sent: SpooledRecords | undefined;
}

/** What was sent of the document before, and is still what the matcher has. */
export interface SentBefore {
  readonly hashes: RecordHashes;
  readonly rejectedRecords: number;
}

/** Every record of a fetched document, in the partition's spool. The error is a sentence. */
export async function readSpooled(
  input: PartitionInput,
  document: FetchedDocument,
): Promise<Result<SpooledDocument, string>> {
  const parsed = await parseDocument(input, document);
  return parsed.ok ? ok({ parsed: parsed.value, hashes: undefined, sent: undefined }) : parsed;
}

/** As {@link readSpooled}, or, where that says the same, only what is new of it. Records that did not change are not even parsed, if the feed can cut them out. */
export async function readCompared(
  input: PartitionInput,
  document: FetchedDocument,
  before: SentBefore | undefined,
): Promise<Result<SpooledDocument, string>> {
  const spoolPath = `${input.paths.spool}.changes`;
  const read = async (omits: boolean) => {
    const spool = await openSpool(spoolPath);
    try {
      const changed = new ChangedRecords(before?.hashes, spool, { omits });
      return { changed, parsed: await parseDocument(input, document, changed) };
    } finally {
      await spool.close();
    }
  };
  const first = await read(before !== undefined);
  const sent = sentChanges(first, spoolPath, before);
  // What was left out is missing if it is not sent as changes, and was needed if what is left is no document any more.
  const { changed, parsed } = sent === undefined && first.changed.omitted > 0 ? await read(false) : first;
  if (!parsed.ok) return parsed;
  return ok({ parsed: parsed.value, hashes: changed.hashes && encodeRecordHashes(changed.hashes), sent });
}

interface Reading {
  readonly changed: ChangedRecords;
  readonly parsed: Result<ParsedPartition, string>;
}

function sentChanges(
  { changed, parsed }: Reading,
  spoolPath: string,
  before: SentBefore | undefined,
): SpooledRecords | undefined {
  const { changes } = changed;
  // The matcher counts rejections of changes on top of those before, so other ones are told with the whole.
  if (!parsed.ok || changes === undefined || parsed.value.rejectedRecords !== before?.rejectedRecords) return undefined;
  return { spoolPath, advisories: changes.advisories, delta: { endedKeys: changes.endedKeys } };
}

async function parseDocument(
  { feed, partition, paths, signal }: PartitionInput,
  document: FetchedDocument,
  changed?: ChangedRecords,
): Promise<Result<ParsedPartition, string>> {
  signal.throwIfAborted();
  const io = { document: { path: paths.document, content: document.open() }, spoolPath: paths.spool };
  return parsePartition(feed, partition, { ...io, ...(changed && { changed }) });
}
