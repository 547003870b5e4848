import { err, ok, type Result } from '@clair/model';
import type { ChangedDocument, FetchRequest, Partition } from '../../feed.ts';
import { shown } from '../../json-fields.ts';

/** The archive was 150 MB in 2026. */
const ARCHIVE_BYTES_MAX = 2_000_000_000;
/** The largest documents, about flaws in every container image, are some 40 MB. */
const DOCUMENT_BYTES_MAX = 64_000_000;
/** A line for every document there is; 5 MB in 2026. */
const LOG_BYTES_MAX = 100_000_000;
/** Fetching one by one is slower than the archive from here on. */
const CHANGED_DOCUMENTS_MAX = 20_000;

/** The releases whose images are still met. A row of an older one, where Red Hat names it, is kept too. */
export const RHEL_NAMESPACES: readonly string[] = ['rhel:6', 'rhel:7', 'rhel:8', 'rhel:9', 'rhel:10'];

/** The file name in `archive_latest.txt`. */
export function readArchiveName(text: string): Result<string, string> {
  const name = text.trim();
  return /^[A-Za-z0-9][A-Za-z0-9_.-]{0,200}\.tar\.zst$/.test(name)
    ? ok(name)
    : err(`archive_latest.txt names no .tar.zst file, but ${shown(name)}`);
}

/** All documents; `base` ends in a slash. */
export function archivePartition(base: string, archiveName: string): Partition {
  return {
    name: 'vex',
    namespaces: RHEL_NAMESPACES,
    request: { url: `${base}${archiveName}`, bytesMax: ARCHIVE_BYTES_MAX },
    archive: {
      format: 'tar',
      wants: (path) => path.endsWith('.json'),
      memberBytesMax: DOCUMENT_BYTES_MAX,
    },
    changes: {
      requests: [
        { url: `${base}changes.csv`, bytesMax: LOG_BYTES_MAX },
        { url: `${base}deletions.csv`, bytesMax: LOG_BYTES_MAX, absentIsFine: true },
      ],
      read: ([changes = '', deletions = ''], since) => readChanges({ base, changes, deletions, since }),
      documentsMax: CHANGED_DOCUMENTS_MAX,
    },
  };
}

interface ChangeLogs {
  readonly base: string;
  readonly changes: string;
  readonly deletions: string;
  readonly since: string;
}

/** What changed and what was deleted, each CVE once at its newest. A deletion counts where both are of one second. */
function readChanges({ base, changes, deletions, since }: ChangeLogs): Result<readonly ChangedDocument[], string> {
  const sinceMs = Date.parse(since);
  if (Number.isNaN(sinceMs)) return err(`not a time: ${shown(since)}`);
  const newest = new Map<string, { readonly atMs: number; readonly document: ChangedDocument }>();
  for (const [name, log] of [
    ['changes.csv', changes],
    ['deletions.csv', deletions],
  ] as const) {
    for (const [index, line] of log.split(/\r?\n/).entries()) {
      if (line.trim() === '') continue;
      const entry = readLogLine(line);
      if (entry === undefined) return err(`${name} line ${index + 1} is no document and time: ${shown(line)}`);
      if (entry.atMs < sinceMs || entry.atMs < (newest.get(entry.key)?.atMs ?? 0)) continue;
      const request: FetchRequest = { url: `${base}${entry.path}`, bytesMax: DOCUMENT_BYTES_MAX };
      const at = new Date(entry.atMs).toISOString();
      const document = name === 'changes.csv' ? { key: entry.key, at, request } : { key: entry.key, at };
      newest.set(entry.key, { atMs: entry.atMs, document });
    }
  }
  return ok([...newest.values()].map(({ document }) => document));
}

/** `"2023/cve-2023-0030.json","2023-12-10T00:00:00+00:00"`. */
function readLogLine(line: string): { path: string; key: string; atMs: number } | undefined {
  const match = /^"?(\d{4}\/(cve-\d{4}-\d{1,12})\.json)"?,"?(\d{4}-\d\d-\d\dT[0-9:.]+(?:Z|[+-]\d\d:?\d\d))"?\s*$/i.exec(
    line,
  );
  const atMs = Date.parse(match?.[3] ?? '');
  if (match === null || Number.isNaN(atMs)) return undefined;
  return { path: match[1] ?? '', key: (match[2] ?? '').toUpperCase(), atMs };
}
