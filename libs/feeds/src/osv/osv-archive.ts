import type { Partition } from '../feed.ts';
import { OSV_RECORD_BYTES_MAX } from './osv-document.ts';

/** AlmaLinux's 5,637 records compress to 5.5 MB; npm has forty times as many. */
const ARCHIVE_BYTES_MAX = 2_000_000_000;

/**
 * The partition of an ecosystem in OSV's bucket: one archive of all its releases, a member for each record. Archives of one release
 * (`AlmaLinux:9/all.zip`) are not there any more.
 * @see https://google.github.io/osv.dev/data/#data-dumps
 */
export function osvArchive(url: string, namespaces: readonly string[]): Partition {
  return {
    name: 'all',
    namespaces,
    request: { url, bytesMax: ARCHIVE_BYTES_MAX },
    archive: { format: 'zip', wants: isRecord, memberBytesMax: OSV_RECORD_BYTES_MAX },
  };
}

/** Where OSV keeps the records of an ecosystem. */
export function osvArchiveUrl(ecosystem: string): string {
  return `https://osv-vulnerabilities.storage.googleapis.com/${encodeURIComponent(ecosystem)}/all.zip`;
}

function isRecord(path: string): boolean {
  return path.endsWith('.json');
}
