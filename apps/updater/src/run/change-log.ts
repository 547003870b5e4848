import type { ChangedDocument, ChangeLog } from '@clair/feeds';
import { err, ok, type Result } from '@clair/model';
import { redactUrl } from '@clair/oci';
import type { FollowedChanges } from '../store/partitions.ts';
import { fetchInflated } from './fetch-inflated.ts';
import type { Fetcher } from './fetcher.ts';

const HOUR_MS = 3_600_000;
/** An archive is begun before it is published, and holds nothing of what changed since; the longest that is believed to take. */
const ARCHIVE_MAKING_MS = 24 * HOUR_MS;
/** Archives are made daily: one that does not say its date is at most so old. */
const ARCHIVE_AGE_MS = 24 * HOUR_MS;
/** A line may come into the log after one with a later time. */
const LATE_LINE_MS = HOUR_MS;
const EPOCH = new Date(0).toISOString();

/**
 * The texts of the logs, in the order of their requests, or `absent` where the source is a mirror that has no log. The error is a
 * sentence.
 */
export async function fetchLogs(
  log: ChangeLog,
  fetcher: Fetcher,
  signal: AbortSignal,
): Promise<Result<readonly string[], string> | 'absent'> {
  const texts: string[] = [];
  for (const request of log.requests) {
    const answer = await fetchInflated(fetcher, request, signal);
    if (!answer.ok) return err(`the log of changes: ${answer.error}`);
    if (answer.value.kind === 'absent' && texts.length === 0 && log.mayBeAbsent === true) return 'absent';
    if (answer.value.kind === 'absent' && request.absentIsFine !== true) {
      return err(`the log of changes: ${redactUrl(request.url)}: the server has no such document`);
    }
    texts.push(answer.value.kind === 'absent' ? '' : new TextDecoder().decode(answer.value.bytes));
  }
  return ok(texts);
}

/** What changed at `since` or later, oldest first. The error is a sentence. */
export function changesSince(
  log: ChangeLog,
  texts: readonly string[],
  since: string,
): Result<readonly ChangedDocument[], string> {
  const changes = log.read(texts, since);
  if (!changes.ok) return err(`the log of changes: ${changes.error}`);
  const timeless = changes.value.find(({ at }) => Number.isNaN(Date.parse(at)));
  if (timeless !== undefined) return err(`the log of changes: ${timeless.key} changed at ${timeless.at.slice(0, 50)}`);
  return ok([...changes.value].sort((a, b) => Date.parse(a.at) - Date.parse(b.at) || (a.key < b.key ? -1 : 1)));
}

/** When the last change in the logs was; `undefined` when there is none, or they cannot be read. */
export function newestChangeMs(log: ChangeLog, texts: readonly string[]): number | undefined {
  const changes = changesSince(log, texts, EPOCH);
  const newest = changes.ok ? changes.value.at(-1) : undefined;
  return newest === undefined ? undefined : Date.parse(newest.at);
}

/**
 * From when on changes are to be asked for after an archive was loaded. The logs were read before the archive was asked for;
 * the archive knows nothing of what changed after it was begun, and that is a day before it was published, at most.
 */
export function followAfterWhole(archive: {
  readonly publishedAt: string;
  readonly newestChangeMs: number | undefined;
  readonly startedMs: number;
}): FollowedChanges {
  const publishedMs = archive.publishedAt === '' ? archive.startedMs - ARCHIVE_AGE_MS : Date.parse(archive.publishedAt);
  const begunMs = Math.min(publishedMs, archive.startedMs) - ARCHIVE_MAKING_MS;
  const sinceMs = Math.min(begunMs, archive.newestChangeMs ?? begunMs);
  return { since: new Date(Math.max(0, sinceMs)).toISOString(), taken: new Map() };
}

export interface FollowedRun {
  readonly before: FollowedChanges;
  /** All since `before.since`, oldest first. */
  readonly changes: readonly ChangedDocument[];
  /** Keys of those that are still to be asked for. */
  readonly left: ReadonlySet<string>;
  readonly startedMs: number;
}

/**
 * Up to where the log was followed after a run: not beyond what is left, nor beyond now, so that a time that lies in the
 * future does not hide what comes before it; and an hour less than the newest, for lines that come late.
 */
export function followAfterDelta({ before, changes, left, startedMs }: FollowedRun): FollowedChanges {
  const newest = changes.at(-1);
  if (newest === undefined) return before;
  const newestMs = Math.min(Date.parse(newest.at), startedMs) - LATE_LINE_MS;
  const firstLeft = changes.find(({ key }) => left.has(key));
  const doneMs = firstLeft === undefined ? newestMs : Math.min(newestMs, Date.parse(firstLeft.at));
  const sinceMs = Math.max(Date.parse(before.since), doneMs);
  const taken = changes.filter(({ key, at }) => !left.has(key) && Date.parse(at) >= sinceMs);
  return { since: new Date(sinceMs).toISOString(), taken: new Map(taken.map(({ key, at }) => [key, at])) };
}
