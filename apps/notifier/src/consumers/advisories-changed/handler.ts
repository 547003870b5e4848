import type { Outcome } from '@clair/bus';
import { ADVISORIES_CHANGED, type CloudEvent, decodeEvent } from '@clair/contracts';
import type { Database } from '@clair/postgres';
import { recordSeen } from '../../store/progress.ts';

export interface AdvisoriesChangedDependencies {
  readonly db: Database;
  readonly wake: () => void;
}

/**
 * Remembers that there is an operation to notify and wakes the worker. Seeing an event again changes nothing: the
 * worker goes from the last operation notified to the newest, whichever events it heard.
 */
export async function handleAdvisoriesChanged(
  deps: AdvisoriesChangedDependencies,
  event: CloudEvent,
): Promise<Outcome> {
  const decoded = decodeEvent(event);
  if (!decoded.ok) {
    const { error } = decoded;
    const reason =
      error.kind === 'unknown-event-type' ? `unknown event type ${error.type}` : `${error.at} ${error.reason}`;
    return { kind: 'poison', reason };
  }
  if (decoded.value.type !== ADVISORIES_CHANGED) return { kind: 'poison', reason: `unexpected ${decoded.value.type}` };
  await recordSeen(deps.db, decoded.value.data.operation);
  deps.wake();
  return { kind: 'done' };
}
