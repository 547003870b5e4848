import type { HttpServer } from '@clair/service-kit';
import { Type } from 'typebox';
import { notificationV2 } from '../delivery/matched-message.ts';
import { deliveryPageOf, owedPage, type ReplayDependencies, replayDelivery } from '../grpc/owed-deliveries.ts';
import {
  createSubscription,
  deleteSubscription,
  getSubscription,
  listSubscriptions,
  rotateSecret,
  type SubscriptionDependencies,
  updateSubscription,
} from '../grpc/subscriptions.ts';
import { readPageSize } from '../page-request.ts';
import {
  bodyProblem,
  SubscriptionBody,
  SubscriptionV2,
  subscriptionFromJson,
  subscriptionToJson,
} from './subscription-json.ts';

const PATH = '/notifier/api/v2/subscriptions';
const params = Type.Object({ id: Type.String() });
const secret = Type.String({ description: '`whsec_…`, shown here and never again; empty for NATS' });
const newSecret = Type.String({ description: '`whsec_…` of a webhook in the place of NATS, as above; else empty' });

/** Who wants which notifications, and where. */
export function registerSubscriptionsV2(server: HttpServer, deps: SubscriptionDependencies): void {
  const one = Type.Object({ subscription: SubscriptionV2 });
  const tags = ['notifier'];
  server.post(
    PATH,
    {
      schema: {
        tags,
        summary: 'Subscribe to notifications',
        body: SubscriptionBody,
        response: { 201: Type.Object({ subscription: SubscriptionV2, secret }) },
        answers: { 201: 'Subscribed.', errors: [400, 409, 413, 422, 429] },
      },
      schemaErrorFormatter: bodyProblem,
    },
    async (request, reply) => {
      const made = await createSubscription(deps, { subscription: subscriptionFromJson(request.body, '') });
      const subscription = subscriptionToJson(made.subscription ?? subscriptionFromJson(request.body, ''));
      return reply.code(201).send({ subscription, secret: made.secret });
    },
  );
  server.get(
    PATH,
    {
      schema: {
        tags,
        summary: 'List subscriptions',
        response: { 200: Type.Object({ subscriptions: Type.Array(SubscriptionV2) }) },
        answers: { 200: 'The subscriptions, the built-in one among them.' },
      },
    },
    async () => ({ subscriptions: (await listSubscriptions(deps)).subscriptions.map(subscriptionToJson) }),
  );
  server.get(
    `${PATH}/:id`,
    {
      schema: {
        tags,
        summary: 'Show a subscription',
        params,
        response: { 200: one },
        answers: { 200: 'The subscription.', errors: [400, 404] },
      },
    },
    async (request) => ({
      subscription: subscriptionToJson((await getSubscription(deps, request.params)).subscription),
    }),
  );
  server.put(
    `${PATH}/:id`,
    {
      schema: {
        tags,
        summary: 'Replace a subscription; a webhook in the place of NATS has a new secret',
        params,
        body: SubscriptionBody,
        response: { 200: Type.Object({ subscription: SubscriptionV2, secret: newSecret }) },
        answers: { 200: 'Replaced.', errors: [400, 404, 409, 413, 422] },
      },
      schemaErrorFormatter: bodyProblem,
    },
    async (request) => {
      const wanted = subscriptionFromJson(request.body, request.params.id);
      const { subscription, secret: made } = await updateSubscription(deps, { subscription: wanted });
      return { subscription: subscriptionToJson(subscription), secret: made };
    },
  );
  server.delete(
    `${PATH}/:id`,
    {
      schema: {
        tags,
        summary: 'Delete a subscription and its deliveries; one that is unknown is no error',
        params,
        answers: { 204: 'It is gone.', errors: [400, 422] },
      },
    },
    async (request, reply) => {
      await deleteSubscription(deps, request.params);
      return reply.code(204).send();
    },
  );
  server.post(
    `${PATH}/:id/rotate_secret`,
    {
      schema: {
        tags,
        summary: 'Give a webhook a new secret; for a day, posts are signed with the one before too',
        params,
        response: { 200: Type.Object({ secret, previous_until: Type.String({ description: 'RFC 3339' }) }) },
        answers: { 200: 'The new secret.', errors: [400, 404, 422] },
      },
    },
    async (request) => {
      const rotated = await rotateSecret(deps, request.params);
      return { secret: rotated.secret, previous_until: rotated.previousUntil };
    },
  );
}

/** What subscribers are owed: paged through, and owed anew. */
export function registerOwedDeliveriesV2(server: HttpServer, deps: ReplayDependencies): void {
  const tags = ['notifier'];
  server.post(
    '/notifier/api/v2/deliveries/:id/replay',
    {
      schema: {
        tags,
        summary: 'Owe a delivery that is dead or delivered anew',
        params,
        answers: { 202: 'It is owed.', errors: [400, 404, 422] },
      },
    },
    async (request, reply) => {
      await replayDelivery(deps, request.params);
      return reply.code(202).send();
    },
  );
  server.get(
    '/notifier/api/v2/deliveries/:id/notifications',
    {
      schema: {
        tags,
        summary: 'Retrieve a page of what a delivery to a subscription holds',
        params,
        querystring: Type.Object({ page_size: Type.Optional(Type.String()), next: Type.Optional(Type.String()) }),
        answers: { 200: { description: 'The page.', types: ['application/json'] }, errors: [400, 404] },
      },
    },
    async (request, reply) => {
      const { page_size = '', next = '' } = request.query;
      const wanted = deliveryPageOf({ id: request.params.id, pageSize: readPageSize(page_size), next });
      const page = await owedPage(deps.db, wanted);
      const body = { notifications: page.notifications.map(notificationV2), next: page.next ?? '' };
      return reply.type('application/json').send(JSON.stringify(body));
    },
  );
}
