import type { ListDeliveriesRequest, ListDeliveriesResponse } from '@clair/contracts';
import type { Database } from '@clair/postgres';
import { ServiceError } from '@clair/service-kit';
import { DELIVERY_STATES, listDeliveries as loadDeliveries } from '../store/deliveries.ts';
import { subscriptionIdOf } from './subscriptions.ts';

export const DELIVERIES_DEFAULT = 100;
export const DELIVERIES_MAX = 1000;

/** The newest deliveries first; INVALID_ARGUMENT for a state that there is not. */
export async function listDeliveries(db: Database, request: ListDeliveriesRequest): Promise<ListDeliveriesResponse> {
  const state = DELIVERY_STATES.find((known) => known === request.state);
  if (state === undefined && request.state !== '') {
    throw new ServiceError('invalid-argument', `"state" must be one of ${DELIVERY_STATES.join(', ')}`);
  }
  if (request.limit > DELIVERIES_MAX) {
    throw new ServiceError('invalid-argument', `"limit" must be at most ${DELIVERIES_MAX}`);
  }
  const limit = request.limit === 0 ? DELIVERIES_DEFAULT : request.limit;
  const subscriptionId = request.subscriptionId === '' ? undefined : subscriptionIdOf(request.subscriptionId);
  const deliveries = await loadDeliveries(db, { state, subscriptionId, limit });
  return {
    deliveries: deliveries.map(({ setId, subscription, nextAttemptAt, createdAt, ...delivery }) => ({
      ...delivery,
      notificationId: setId ?? '',
      subscriptionId: subscription?.id ?? '',
      subscriptionName: subscription?.name ?? '',
      nextAttemptAt: delivery.state === 'pending' ? nextAttemptAt.toISOString() : '',
      createdAt: createdAt.toISOString(),
    })),
  };
}
