import type { WatchRequest, WatchResponse } from '@clair/contracts';
import { Unavailable } from '@clair/model';
import type { Database } from '@clair/postgres';
import { ServiceError } from '@clair/service-kit';
import { notificationToWire } from '../notified-change.ts';
import { type Condition, loadPage } from '../store/pages.ts';
import { loadSetsAfter, type SequencedSet } from '../store/sequences.ts';
import { filterCondition } from '../subscription/filter-condition.ts';
import { parseFilter } from '../subscription/parse.ts';
import { WakeUp } from '../wake-up.ts';
import { WatchPlace } from './watch-place.ts';

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
  const place = await WatchPlace.after(deps.db, request.afterSequence);
  const signal = AbortSignal.any([caller, deps.watchers.stopped]);
  const wakeUp = new WakeUp();
  deps.watchers.add(wakeUp);
  try {
    yield position(place.sequence);
    let toldMs = deps.clock();
    while (!signal.aborted) {
      const sets = await loadSetsAfter(deps.db, place.sequence, SETS_AT_ONCE);
      for (const set of sets) {
        yield* messagesOf(deps.db, { set, place, where: filterCondition(filter.value) });
        place.pass(set);
      }
      if (sets.length > 0 || deps.clock() - toldMs >= POSITION_MS) {
        await place.check();
        yield position(place.sequence);
        toldMs = deps.clock();
      }
      if (sets.length === 0) await wakeUp.sleep(LOOK_MS, signal);
    }
    if (!caller.aborted) throw new Unavailable('the notifier stops: watch again after the last sequence');
  } finally {
    deps.watchers.remove(wakeUp);
  }
}

interface Told {
  readonly set: SequencedSet;
  readonly place: WatchPlace;
  readonly where: Condition;
}

async function* messagesOf(db: Database, { set, place, where }: Told): AsyncGenerator<WatchResponse> {
  let afterId: string | undefined;
  do {
    const page = await loadPage(db, {
      setIds: [set.id],
      where,
      limit: PAGE_NOTIFICATIONS,
      ...(afterId !== undefined && { afterId }),
    });
    // Afterwards, so that what began to be collected while the page was read is seen.
    await place.check();
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
