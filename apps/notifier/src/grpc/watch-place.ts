import type { Database } from '@clair/postgres';
import { ServiceError } from '@clair/service-kit';
import { loadKept, newestSequence, type SequencedSet } from '../store/sequences.ts';

/** How far a watcher is. Nothing that was kept when it began is passed over in silence. */
export class WatchPlace {
  readonly #db: Database;
  /** Up to here some sets were gone when it began. `#keptBefore` of the others are to come. */
  readonly #goneThrough: number;
  #keptBefore: number;
  #sequence: number;

  private constructor(db: Database, sequence: number, gone: { readonly through: number; readonly kept: number }) {
    this.#db = db;
    this.#sequence = sequence;
    this.#goneThrough = gone.through;
    this.#keptBefore = gone.kept;
  }

  /** FAILED_PRECONDITION when what comes after is not all kept, or never was; after 0 is asked for what is. */
  static async after(db: Database, after: number | undefined): Promise<WatchPlace> {
    const newest = await newestSequence(db);
    const sequence = after ?? newest;
    if (sequence > newest) throw beginsAnew(newest);
    const { collectedThrough, sets } = await loadKept(db, { after: sequence });
    if (sequence > 0 && sequence < collectedThrough) throw notKept(collectedThrough);
    return new WatchPlace(db, sequence, { through: collectedThrough, kept: sets });
  }

  get sequence(): number {
    return this.#sequence;
  }

  pass({ sequence }: SequencedSet): void {
    if (sequence <= this.#goneThrough) this.#keptBefore -= 1;
    this.#sequence = sequence;
  }

  /**
   * Rejects when a set that is to come was collected since it began, or the history has begun anew. A number that is missing
   * proves nothing, since a commit that was rolled back has drawn one too; and below `#goneThrough` only the count says that
   * one more is gone.
   */
  async check(): Promise<void> {
    const of = { after: this.#sequence, through: this.#goneThrough };
    const { collectedThrough, sets, newest } = await loadKept(this.#db, of);
    if (newest < this.#sequence) throw beginsAnew(newest);
    const isBeyond = collectedThrough > Math.max(this.#sequence, this.#goneThrough);
    if (isBeyond || sets < this.#keptBefore) throw notKept(collectedThrough);
  }
}

function notKept(collectedThrough: number): ServiceError {
  return new ServiceError(
    'failed-precondition',
    `notifications up to sequence ${collectedThrough} are not all kept any more: watch after 0 for those that are`,
  );
}

/** To wait until the numbers get there would pass over, in silence, all that is notified until then. */
function beginsAnew(newest: number): ServiceError {
  return new ServiceError(
    'failed-precondition',
    `the newest sequence is ${newest}: this notifier's history begins anew; watch from now on or after 0`,
  );
}
