import type { Delivery } from '@clair/contracts';
import type { Database } from '@clair/postgres';
import type { HttpServer } from '@clair/service-kit';
import { Type } from 'typebox';
import { DELIVERIES_DEFAULT, DELIVERIES_MAX, listDeliveries } from '../grpc/list-deliveries.ts';
import { DELIVERY_STATES } from '../store/deliveries.ts';

const DeliveryV2 = Type.Object({
  id: Type.String(),
  notification_id: Type.String({ description: 'of the set; empty for a subscription’s' }),
  target: Type.String({ description: '`webhook`, `nats` or `subscription`' }),
  subscription: Type.Union([Type.Object({ id: Type.String(), name: Type.String() }), Type.Null()]),
  created_at: Type.String({ description: 'RFC 3339' }),
  state: Type.String({ description: DELIVERY_STATES.join(', ') }),
  attempts: Type.Integer({ description: 'attempts that came to an end' }),
  last_error: Type.String({ description: 'of the last attempt; empty when it succeeded' }),
  next_attempt_at: Type.String({ description: 'RFC 3339; empty unless pending' }),
});

/** What became of each notification set, target by target, newest first: the list that Clair keeps to itself. */
export function registerDeliveriesV2(server: HttpServer, db: Database): void {
  const schema = {
    tags: ['notifier'],
    summary: 'List deliveries of notification sets',
    querystring: Type.Object({
      state: Type.Optional(Type.Union(DELIVERY_STATES.map((state) => Type.Literal(state)))),
      subscription: Type.Optional(Type.String({ description: 'id: only its deliveries' })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: DELIVERIES_MAX, default: DELIVERIES_DEFAULT })),
    }),
    response: { 200: Type.Object({ deliveries: Type.Array(DeliveryV2) }) },
    answers: { 200: 'The deliveries, the newest first.', errors: [400] },
  } as const;
  server.get('/notifier/api/v2/deliveries', { schema }, async (request) => {
    const { state = '', subscription: subscriptionId = '', limit = DELIVERIES_DEFAULT } = request.query;
    const { deliveries } = await listDeliveries(db, { state, limit, subscriptionId });
    return { deliveries: deliveries.map(deliveryV2) };
  });
}

function deliveryV2(delivery: Delivery) {
  return {
    id: delivery.id,
    notification_id: delivery.notificationId,
    target: delivery.target,
    subscription:
      delivery.subscriptionId === '' ? null : { id: delivery.subscriptionId, name: delivery.subscriptionName },
    created_at: delivery.createdAt,
    state: delivery.state,
    attempts: delivery.attempts,
    last_error: delivery.lastError,
    next_attempt_at: delivery.nextAttemptAt,
  };
}
