import { ok, type Result } from '@clair/model';
import type { ChangeLog, FeedOptions, Partition } from '../feed.ts';
import { urlOption } from '../feed-options.ts';
import { osvChanges } from './osv-changes.ts';
import { OSV_RECORD_BYTES_MAX } from './osv-document.ts';

/** AlmaLinux's 5,637 records compress to 5.5 MB; npm has forty times as many. */
const ARCHIVE_BYTES_MAX = 2_000_000_000;

/**
 * The partition of an ecosystem in OSV's bucket: one archive of all its releases, a member for each record. Archives of one release
 * (`AlmaLinux:9/all.zip`) are not there any more.
 * @see https://google.github.io/osv.dev/data/#data-dumps
 */
function osvArchive(url: string, namespaces: readonly string[]): Partition {
  return {
    name: 'all',
    namespaces,
    request: { url, bytesMax: ARCHIVE_BYTES_MAX },
    archive: { format: 'zip', wants: isRecord, memberBytesMax: OSV_RECORD_BYTES_MAX },
  };
}

/**
 * The partition of a distribution, from OSV's bucket or from an operator's copy of its archive: after the first time only the records
 * that changed are fetched. A copy has the log of changes beside the archive, or none.
 */
export function osvDistribution(
  options: FeedOptions,
  {
    feed,
    ecosystem,
    namespaces,
  }: { readonly feed: string; readonly ecosystem: string; readonly namespaces: readonly string[] },
): Result<Partition, string> {
  const own = `https://osv-vulnerabilities.storage.googleapis.com/${encodeURIComponent(ecosystem)}/all.zip`;
  const url = urlOption(options, { feed, key: 'url', fallback: own });
  if (!url.ok) return url;
  return ok(url.value === own ? osvFollowed(own, namespaces) : osvCopy(url.value, namespaces));
}

/** As {@link osvDistribution}, of an archive that an operator names. */
export function osvCopy(url: string, namespaces: readonly string[]): Partition & { readonly changes: ChangeLog } {
  const partition = osvFollowed(url, namespaces);
  return { ...partition, changes: { ...partition.changes, mayBeAbsent: true } };
}

/** The archive of OSV's bucket, with the log of changes beside it. */
export function osvFollowed(url: string, namespaces: readonly string[]): Partition & { readonly changes: ChangeLog } {
  const changes = osvChanges(url.slice(0, url.lastIndexOf('/') + 1));
  return { ...osvArchive(url, namespaces), changes };
}

function isRecord(path: string): boolean {
  return path.endsWith('.json');
}
