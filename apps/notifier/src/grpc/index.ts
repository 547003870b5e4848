import type { NotifierServiceImplementation } from '@clair/contracts';
import { type DeleteDependencies, deleteNotifications } from './delete-notifications.ts';
import { getNotifications } from './get-notifications.ts';
import { listDeliveries } from './list-deliveries.ts';

/** The registry of methods: a method of the proto that is missing here does not compile. */
export function createImplementation(deps: DeleteDependencies): NotifierServiceImplementation {
  return {
    getNotifications: (request) => getNotifications(deps.db, request),
    deleteNotifications: (request) => deleteNotifications(deps, request),
    listDeliveries: (request) => listDeliveries(deps.db, request),
  };
}
