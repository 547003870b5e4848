import type { WatchRequest, WatchResponse } from '@clair/contracts';
import { Unavailable } from '@clair/model';
import type { Database } from '@clair/postgres';
import { ServiceError } from '@clair/service-kit';
import { notificationToWire } from '../notified-change.ts';
import { type Condition, loadPage } from '../store/pages.ts';
import { collectedThrough, loadSetsAfter, newestSequence, type SequencedSet } from '../store/sequences.ts';
import { filterCondition } from '../subscription/filter-condition.ts';
import { parseFilter } from '../subscription/parse.ts';
import { WakeUp } from '../wake-up.ts';

/** Sets that another replica made are found by looking. */
const LOOK_MS = 1000;
/** How often a watcher is told how far it is when there is nothing else to tell. */
const POSITION_MS = 15_000;
const SETS_AT_ONCE = 50;
const PAGE_NOTIFICATIONS = 500;

/** The streams that are open, to be woken when a set was made here and ended when the process stops. */
export class Watchers {
  readonly #wakeUps = new Set<WakeUp>();
  readonly #stopped = new AbortController();

  wake(): void {
    for (const wakeUp of this.#wakeUps) wakeUp.wake();
  }

  stop(): void {
    this.#stopped.abort();
  }

  get stopped(): AbortSignal {
    return this.#stopped.signal;
  }

  add(wakeUp: WakeUp): void {
    this.#wakeUps.add(wakeUp);
  }

  remove(wakeUp: WakeUp): void {
    this.#wakeUps.delete(wakeUp);
  }
}

export interface WatchDependencies {
  readonly db: Database;
  readonly clock: () => number;
  readonly watchers: Watchers;
}

/** What is notified from `after_sequence` on, as it is notified, until the caller goes or the process stops. */
export async function* watch(
  deps: WatchDependencies,
  request: WatchRequest,
  caller: AbortSignal,
): AsyncGenerator<WatchResponse> {
  const filter = parseFilter(request.filter);
  if (!filter.ok) throw new ServiceError('invalid-argument', filter.error);
  let sequence = await beginning(deps.db, request.afterSequence);
  const signal = AbortSignal.any([caller, deps.watchers.stopped]);
  const wakeUp = new WakeUp();
  deps.watchers.add(wakeUp);
  try {
    yield position(sequence);
    let toldMs = deps.clock();
    while (!signal.aborted) {
      const sets = await loadSetsAfter(deps.db, sequence, SETS_AT_ONCE);
      for (const set of sets) {
        yield* messagesOf(deps.db, set, filterCondition(filter.value));
        sequence = set.sequence;
      }
      if (sets.length > 0 || deps.clock() - toldMs >= POSITION_MS) {
        yield position(sequence);
        toldMs = deps.clock();
      }
      if (sets.length === 0) await wakeUp.sleep(LOOK_MS, signal);
    }
    if (!caller.aborted) throw new Unavailable('the notifier stops: watch again after the last sequence');
  } finally {
    deps.watchers.remove(wakeUp);
  }
}

async function beginning(db: Database, after: number | undefined): Promise<number> {
  if (after === undefined) return newestSequence(db);
  const collected = await collectedThrough(db);
  if (after > 0 && after < collected) {
    throw new ServiceError(
      'failed-precondition',
      `notifications up to sequence ${collected} are not all kept any more: watch after 0 for those that are`,
    );
  }
  return after;
}

async function* messagesOf(db: Database, set: SequencedSet, where: Condition): AsyncGenerator<WatchResponse> {
  let afterId: string | undefined;
  do {
    const page = await loadPage(db, {
      setIds: [set.id],
      where,
      limit: PAGE_NOTIFICATIONS,
      ...(afterId !== undefined && { afterId }),
    });
    if (page.notifications.length === 0 && afterId === undefined) return;
    yield {
      sequence: set.sequence,
      notificationId: set.id,
      notifications: page.notifications.map(notificationToWire),
      complete: page.next === undefined,
    };
    afterId = page.next;
  } while (afterId !== undefined);
}

function position(sequence: number): WatchResponse {
  return { sequence, notificationId: '', notifications: [], complete: true };
}
