import { type ArchiveContent, type Feed, MalformedDocument, type Partition } from '@clair/feeds';
import { err, ok, type Result } from '@clair/model';
import { DamagedArchive } from '../documents/archive-member.ts';
import { type ArchiveFile, archiveMembers } from '../documents/archive-members.ts';
import { inflate } from '../documents/inflate.ts';
import type { ChangedRecords } from './changed-records.ts';
import { type ParsedPartition, type RecordSink, withRecordSink } from './record-sink.ts';

/**
 * Reads a partition's document, or each wanted member of its archive, into a spool of messages; a member that is not of the
 * feed's format is a rejection. The error is a sentence: the document or the archive as a whole is not what it should be.
 * Nothing is sent before the whole was read, so a cut one cannot half replace good data.
 */
export async function parsePartition(
  feed: Feed,
  partition: Partition,
  io: { readonly document: ArchiveFile; readonly spoolPath: string; readonly changed?: ChangedRecords },
): Promise<Result<ParsedPartition, string>> {
  return withRecordSink({ feed, partition, spoolPath: io.spoolPath }, async (sink) => {
    const { archive } = partition;
    const taken = await (archive === undefined
      ? sink.take(inflate(io.document.content), io.changed)
      : takeMembers(io.document, archive, sink));
    return taken.ok ? ok(sink.parsed) : taken;
  });
}

async function takeMembers(
  file: ArchiveFile,
  archive: ArchiveContent,
  sink: RecordSink,
): Promise<Result<undefined, string>> {
  try {
    for await (const member of archiveMembers(file, archive)) {
      const taken = 'rejected' in member ? err(member.rejected) : await sink.take(member.document);
      if (!taken.ok) sink.reject({ at: member.path, reason: taken.error });
    }
  } catch (error) {
    if (error instanceof MalformedDocument || error instanceof DamagedArchive) return err(error.message);
    throw error;
  }
  return ok(undefined);
}
