import type { GetNotificationsRequest, GetNotificationsResponse } from '@clair/contracts';
import type { Database } from '@clair/postgres';
import { ServiceError } from '@clair/service-kit';
import { notificationToWire } from '../notified-change.ts';
import { parsePageRequest } from '../page-request.ts';
import { type Condition, loadPage } from '../store/pages.ts';

/** Until its receiver says that it was read. */
const notDeleted: Condition = (schema) =>
  `exists (select from ${schema}.notification_set where id = n.set_id and deleted_at is null)`;

/** One page of a set, all kinds; INVALID_ARGUMENT for an id or `next` that is no UUID and for a page size out of range. */
export async function getNotifications(
  db: Database,
  request: GetNotificationsRequest,
): Promise<GetNotificationsResponse> {
  const page = parsePageRequest(request);
  if (!page.ok) throw new ServiceError('invalid-argument', page.error);
  const { id, ...rest } = page.value;
  const { notifications, next } = await loadPage(db, { ...rest, setIds: [id], where: notDeleted });
  return { notifications: notifications.map(notificationToWire), next: next ?? '' };
}
