import type { Severity } from '@clair/model';
import type { Database } from '@clair/postgres';
import { countSeverities, loadGravest, type StoredNotification } from './pages.ts';
import { loadOwed } from './subscription-deliveries.ts';

/** What of a delivery goes into its message, and how many it is about. */
export interface OwedContent {
  /** The gravest first, of equals the first notified first. */
  readonly gravest: readonly StoredNotification[];
  /** Whether these are all. */
  readonly complete: boolean;
  /** Of all that are owed, whatever is in the message; the gravest first. */
  readonly severities: ReadonlyMap<Severity, number>;
}

export interface OwedContentRequest {
  readonly deliveryId: string;
  readonly limit: number;
  readonly bytesMax: number;
}

/**
 * The same at every attempt, since notifications do not change; `undefined` when there is no such delivery (any more). The
 * numbers are of all that is owed, so a message that leaves something out reads all of it twice, and keeps none of it.
 */
export function loadOwedContent(
  db: Database,
  { deliveryId, ...limits }: OwedContentRequest,
): Promise<OwedContent | undefined> {
  // Of one snapshot: the delivery may be collected between the statements, and then its content.
  return db.transaction(
    async (tx) => {
      const owed = await loadOwed(tx, deliveryId);
      if (owed === undefined) return undefined;
      const { notifications: gravest, complete } = await loadGravest(tx, { ...owed, ...limits });
      return { gravest, complete, severities: complete ? countOf(gravest) : await countSeverities(tx, owed) };
    },
    { isolation: 'repeatable read', readOnly: true },
  );
}

function countOf(notifications: readonly StoredNotification[]): ReadonlyMap<Severity, number> {
  const counts = new Map<Severity, number>();
  for (const { summary } of notifications) counts.set(summary.severity, (counts.get(summary.severity) ?? 0) + 1);
  return counts;
}
