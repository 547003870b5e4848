import type { GetNotificationsRequest, GetNotificationsResponse } from '@clair/contracts';
import type { Database } from '@clair/postgres';
import { ServiceError } from '@clair/service-kit';
import { toNotifiedChange } from '../notified-change.ts';
import { parsePageRequest } from '../page-request.ts';
import { loadPage } from '../store/pages.ts';

/** One page of a set; INVALID_ARGUMENT for an id or `next` that is no UUID and for a page size out of range. */
export async function getNotifications(
  db: Database,
  request: GetNotificationsRequest,
): Promise<GetNotificationsResponse> {
  const page = parsePageRequest(request);
  if (!page.ok) throw new ServiceError('invalid-argument', page.error);
  const { notifications, next } = await loadPage(db, page.value);
  const changes = notifications.map(toNotifiedChange);
  return {
    notifications: changes.map(({ manifest, ...change }) => ({ ...change, manifestHash: manifest })),
    next: next ?? '',
  };
}
