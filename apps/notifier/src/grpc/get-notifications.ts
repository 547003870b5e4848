import type { GetNotificationsRequest, GetNotificationsResponse } from '@clair/contracts';
import type { Database } from '@clair/postgres';
import { ServiceError } from '@clair/service-kit';
import { notificationToWire } from '../notified-change.ts';
import { parsePageRequest } from '../page-request.ts';
import { type Condition, loadPage } from '../store/pages.ts';

/**
 * Whether or not Clair's receiver has deleted it: this is where the subscribers of the bus read what is too large for an event,
 * and they know nothing of that receiver. A set that is being emptied is shown to nobody.
 */
const kept: Condition = (schema) =>
  `exists (select from ${schema}.notification_set where id = n.set_id and not collecting)`;

/** One page of a set, all kinds; INVALID_ARGUMENT for an id or `next` that is no UUID and for a page size out of range. */
export async function getNotifications(
  db: Database,
  request: GetNotificationsRequest,
): Promise<GetNotificationsResponse> {
  const page = parsePageRequest(request);
  if (!page.ok) throw new ServiceError('invalid-argument', page.error);
  const { id, ...rest } = page.value;
  const { notifications, next } = await loadPage(db, { ...rest, setIds: [id], where: kept });
  return { notifications: notifications.map(notificationToWire), next: next ?? '' };
}
