import type { ListDeliveriesRequest, ListDeliveriesResponse } from '@clair/contracts';
import type { Database } from '@clair/postgres';
import { ServiceError } from '@clair/service-kit';
import { DELIVERY_STATES, listDeliveries as loadDeliveries } from '../store/deliveries.ts';

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
  const deliveries = await loadDeliveries(db, { state, limit });
  return {
    deliveries: deliveries.map(({ id, setId, target, state, attempts, lastError, nextAttemptAt }) => ({
      id,
      notificationId: setId,
      target,
      state,
      attempts,
      lastError,
      nextAttemptAt: state === 'pending' ? nextAttemptAt.toISOString() : '',
    })),
  };
}
