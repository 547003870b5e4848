import { err, ok, type Result } from '@clair/model';
import type { ChangedDocument, ChangeLog } from '../feed.ts';
import { shown } from '../json-fields.ts';
import { OSV_RECORD_BYTES_MAX } from './osv-document.ts';

/** A line for every record there is, some 45 bytes each; npm has a quarter of a million. */
const LOG_BYTES_MAX = 200_000_000;
/** Fetching one by one is slower than the archive from here on: npm's of 210 MB takes as long as some 2,000 requests. */
const DOCUMENTS_MAX = 2_000;

/**
 * How OSV tells which records of an ecosystem changed: `modified_id.csv`, the newest first. A record that was withdrawn is one that
 * changed. One that is gone from the bucket altogether is in no log; it stays until the whole is fetched again.
 * @see https://google.github.io/osv.dev/data/#downloading-recent-changes
 */
export function osvChanges(base: string): ChangeLog {
  return {
    requests: [{ url: `${base}modified_id.csv`, bytesMax: LOG_BYTES_MAX }],
    read: ([log = ''], since) => readChanges(base, log, since),
    documentsMax: DOCUMENTS_MAX,
  };
}

/** `2026-08-14T10:00:00.123456Z,GHSA-xxxx-xxxx-xxxx`. */
const LINE = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)),([A-Za-z0-9][A-Za-z0-9._:+-]{0,199})$/;

function readChanges(base: string, log: string, since: string): Result<readonly ChangedDocument[], string> {
  const sinceMs = Date.parse(since);
  if (Number.isNaN(sinceMs)) return err(`not a time: ${shown(since)}`);
  const newest = new Map<string, number>();
  let lineNumber = 0;
  for (let from = 0; from < log.length; ) {
    const to = log.indexOf('\n', from);
    const line = log.slice(from, to < 0 ? undefined : to).trim();
    from = to < 0 ? log.length : to + 1;
    lineNumber += 1;
    if (line === '') continue;
    const [, at = '', id = ''] = LINE.exec(line) ?? [];
    const atMs = Date.parse(at);
    if (Number.isNaN(atMs)) return err(`modified_id.csv line ${lineNumber} is no time and id: ${shown(line)}`);
    if (atMs >= sinceMs) newest.set(id, Math.max(atMs, newest.get(id) ?? 0));
  }
  return ok([...newest].map(([id, atMs]) => changed(base, id, atMs)));
}

function changed(base: string, id: string, atMs: number): ChangedDocument {
  const url = `${base}${encodeURIComponent(id)}.json`;
  return { key: id, at: new Date(atMs).toISOString(), request: { url, bytesMax: OSV_RECORD_BYTES_MAX } };
}
