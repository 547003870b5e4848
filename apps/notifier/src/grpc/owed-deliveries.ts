import type {
  GetDeliveryNotificationsRequest,
  GetDeliveryNotificationsResponse,
  ReplayDeliveryRequest,
  ReplayDeliveryResponse,
} from '@clair/contracts';
import type { Database } from '@clair/postgres';
import { ServiceError } from '@clair/service-kit';
import { notificationToWire } from '../notified-change.ts';
import { type CheckedPage, type PageRequestText, parsePageRequest } from '../page-request.ts';
import type { NotificationPage } from '../store/pages.ts';
import { loadOwedPage, replayDelivery as replay } from '../store/subscription-deliveries.ts';
import { parseUuid } from '../uuid.ts';

export interface ReplayDependencies {
  readonly db: Database;
  readonly clock: () => number;
  /** Called when there is something to deliver. */
  readonly wake: () => void;
}

/** Owes a delivery that came to an end anew. */
export async function replayDelivery(
  { db, clock, wake }: ReplayDependencies,
  request: ReplayDeliveryRequest,
): Promise<ReplayDeliveryResponse> {
  const id = parseUuid(request.id);
  if (!id.ok) throw new ServiceError('invalid-argument', 'the id of a delivery must be a UUID');
  const outcome = await replay(db, id.value, clock());
  if (outcome === 'unknown') throw new ServiceError('not-found', 'there is no such delivery');
  if (outcome === 'pending') throw new ServiceError('failed-precondition', 'the delivery is pending already');
  if (outcome === 'not-replayable') {
    throw new ServiceError('failed-precondition', 'events of the bus are replayed from its stream');
  }
  wake();
  return {};
}

/** INVALID_ARGUMENT for an id or `next` that is no UUID and for a page size out of range. */
export function deliveryPageOf(text: PageRequestText): CheckedPage {
  const page = parsePageRequest(text);
  if (!page.ok) throw new ServiceError('invalid-argument', page.error);
  return page.value;
}

/** One page of what a delivery to a subscription holds; NOT_FOUND when it is not kept (any more). */
export async function owedPage(db: Database, { id, ...page }: CheckedPage): Promise<NotificationPage> {
  const found = await loadOwedPage(db, { ...page, deliveryId: id });
  if (found === undefined) throw new ServiceError('not-found', 'there is no such delivery to a subscription');
  return found;
}

/** INVALID_ARGUMENT and NOT_FOUND as above. */
export async function getDeliveryNotifications(
  db: Database,
  { deliveryId, pageSize, next }: GetDeliveryNotificationsRequest,
): Promise<GetDeliveryNotificationsResponse> {
  const found = await owedPage(db, deliveryPageOf({ id: deliveryId, pageSize, next }));
  return { notifications: found.notifications.map(notificationToWire), next: found.next ?? '' };
}
