import type { DeleteNotificationsRequest, DeleteNotificationsResponse } from '@clair/contracts';
import type { Database } from '@clair/postgres';
import { ServiceError } from '@clair/service-kit';
import { deleteSet } from '../store/sets.ts';
import { parseUuid } from '../uuid.ts';

export interface DeleteDependencies {
  readonly db: Database;
  readonly clock: () => number;
}

/** The set is hidden from Clair's v1 API, and its webhook is done. An id that is unknown, or was deleted before, is no error. */
export async function deleteNotifications(
  { db, clock }: DeleteDependencies,
  { id }: DeleteNotificationsRequest,
): Promise<DeleteNotificationsResponse> {
  const setId = parseUuid(id);
  if (!setId.ok) throw new ServiceError('invalid-argument', 'the notification id must be a UUID');
  return deleteSet(db, setId.value, clock());
}
