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
/** By then an archive was published that was begun after the change: it decides about a document that could not be had since. */
const LEFT_MAX_MS = ARCHIVE_MAKING_MS + ARCHIVE_AGE_MS;
/** Changes remembered because one before them is left: all of them are written anew in every run. */
const TAKEN_MAX = 50_000;
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

/** All that the logs tell, oldest first; nothing when they cannot be read. */
export function allChanges(log: ChangeLog, texts: readonly string[]): readonly ChangedDocument[] {
  const changes = changesSince(log, texts, EPOCH);
  return changes.ok ? changes.value : [];
}

/**
 * From when on changes are to be asked for after an archive was loaded. The logs were read before the archive was asked for;
 * the archive knows nothing of what changed after it was begun, and that is a day before it was published, at most. A log
 * that ends before that is asked for from its end, for lines that come late; what it tells is in the archive, or is gone.
 */
export function followAfterWhole(archive: {
  readonly publishedAt: string;
  /** All in the logs, oldest first. */
  readonly changes: readonly ChangedDocument[];
  readonly startedMs: number;
}): FollowedChanges {
  const { publishedAt, changes, startedMs } = archive;
  const publishedMs = publishedAt === '' ? startedMs - ARCHIVE_AGE_MS : Date.parse(publishedAt);
  const begunMs = Math.min(publishedMs, startedMs) - ARCHIVE_MAKING_MS;
  const newest = changes.at(-1);
  const sinceMs = Math.max(0, Math.min(begunMs, newest === undefined ? begunMs : Date.parse(newest.at)));
  const held = changes.filter(({ at }) => Date.parse(at) >= sinceMs && Date.parse(at) < begunMs);
  return { since: new Date(sinceMs).toISOString(), taken: takenOf(held) };
}

/**
 * After when an archive must be published to decide about the first of the documents that are left; `undefined` while that
 * one is to be waited for.
 */
export function decisiveAfter(
  changes: readonly ChangedDocument[],
  left: ReadonlySet<string>,
  startedMs: number,
): string | undefined {
  const first = changes.find(({ key }) => left.has(key));
  if (first === undefined || Date.parse(first.at) > startedMs - LEFT_MAX_MS) return undefined;
  return new Date(Date.parse(first.at) + ARCHIVE_MAKING_MS).toISOString();
}

export interface FollowedRun {
  readonly before: FollowedChanges;
  /** All since `before.since`, oldest first. */
  readonly changes: readonly ChangedDocument[];
  /** Keys of those that could not be had. */
  readonly left: ReadonlySet<string>;
  /** Keys of those that were too many for this run. */
  readonly later: ReadonlySet<string>;
  readonly startedMs: number;
}

/**
 * Up to where the log was followed after a run: not beyond what is left, nor beyond now, so that a time that lies in the
 * future does not hide what comes before it; and an hour less than the newest, for lines that come late. What is left holds
 * it back no longer when too much would have to be remembered: of that, what the source told before stays.
 */
export function followAfterDelta({ before, changes, left, later, startedMs }: FollowedRun): FollowedChanges {
  const newest = changes.at(-1);
  if (newest === undefined) return before;
  const beforeMs = Date.parse(before.since);
  const firstLater = changes.find(({ key }) => later.has(key));
  const newestMs = Math.min(Date.parse(newest.at), startedMs) - LATE_LINE_MS;
  const doneMs = firstLater === undefined ? newestMs : Math.min(newestMs, Date.parse(firstLater.at));
  const taken = changes.filter(({ key }) => !left.has(key) && !later.has(key));
  // Beyond the change before this one, no more are remembered than may be.
  const tooMany = taken.at(-TAKEN_MAX - 1);
  const boundMs = tooMany === undefined ? beforeMs : Date.parse(tooMany.at) + 1;
  const firstLeft = changes.find(({ key, at }) => left.has(key) && Date.parse(at) >= boundMs);
  const leftMs = firstLeft === undefined ? doneMs : Math.min(doneMs, Date.parse(firstLeft.at));
  const sinceMs = Math.max(beforeMs, leftMs);
  return {
    since: new Date(sinceMs).toISOString(),
    taken: takenOf(taken.filter(({ at }) => Date.parse(at) >= sinceMs)),
  };
}

function takenOf(changes: readonly ChangedDocument[]): ReadonlyMap<string, string> {
  return new Map(changes.map(({ key, at }) => [key, at]));
}
