import type { NotifierServiceImplementation } from '@clair/contracts';
import { deleteNotifications } from './delete-notifications.ts';
import { getNotifications } from './get-notifications.ts';
import { listDeliveries } from './list-deliveries.ts';
import { getDeliveryNotifications, type ReplayDependencies, replayDelivery } from './owed-deliveries.ts';
import {
  createSubscription,
  deleteSubscription,
  getSubscription,
  listSubscriptions,
  rotateSecret,
  type SubscriptionDependencies,
  updateSubscription,
} from './subscriptions.ts';
import { type WatchDependencies, watch } from './watch.ts';

export type ImplementationDependencies = SubscriptionDependencies & ReplayDependencies & WatchDependencies;

/** The registry of methods: a method of the proto that is missing here does not compile. */
export function createImplementation(deps: ImplementationDependencies): NotifierServiceImplementation {
  return {
    getNotifications: (request) => getNotifications(deps.db, request),
    deleteNotifications: (request) => deleteNotifications(deps, request),
    listDeliveries: (request) => listDeliveries(deps.db, request),
    replayDelivery: (request) => replayDelivery(deps, request),
    getDeliveryNotifications: (request) => getDeliveryNotifications(deps.db, request),
    createSubscription: (request) => createSubscription(deps, request),
    getSubscription: (request) => getSubscription(deps, request),
    listSubscriptions: () => listSubscriptions(deps),
    updateSubscription: (request) => updateSubscription(deps, request),
    deleteSubscription: (request) => deleteSubscription(deps, request),
    rotateSubscriptionSecret: (request) => rotateSecret(deps, request),
    watch: (request, { signal }) => watch(deps, request, signal),
  };
}
