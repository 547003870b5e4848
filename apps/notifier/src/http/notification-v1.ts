import { type HttpServer, negotiate, ServiceError } from '@clair/service-kit';
import { Type } from 'typebox';
import { type DeleteDependencies, deleteNotifications } from '../grpc/delete-notifications.ts';
import { parsePageRequest, readPageSize } from '../page-request.ts';
import { clairView, loadPage } from '../store/pages.ts';
import { notificationPageV1 } from './notification-v1-json.ts';

/** The first is what Clair's description says, the second what its code sends. */
const OFFERED = [
  'application/vnd.clair.notification_page.v1+json',
  'application/vnd.clair.notification.v1+json',
  'application/json',
];

const PATH = '/notifier/api/v1/notification/:id';
const params = Type.Object({ id: Type.String() });

export interface NotificationV1Dependencies extends DeleteDependencies {
  /** Only the most severe vulnerability of each manifest and reason, as Clair does unless told otherwise. */
  readonly summary: boolean;
}

/** Clair's notification API: an id that is unknown or deleted is an empty page, and deleting it is no error. */
export function registerNotificationV1(server: HttpServer, deps: NotificationV1Dependencies): void {
  const page = {
    tags: ['notifier'],
    summary: 'Retrieve a page of the notifications of a set',
    params,
    querystring: Type.Object({ page_size: Type.Optional(Type.String()), next: Type.Optional(Type.String()) }),
    answers: {
      200: { description: 'The page; an empty one of a set that is unknown or deleted.', types: OFFERED },
      errors: [400, 415],
    },
  } as const;
  server.get(PATH, { schema: page }, async (request, reply) => {
    const type = negotiate(request, OFFERED);
    const { page_size = '', next = '' } = request.query;
    const wanted = parsePageRequest({ id: request.params.id, pageSize: readPageSize(page_size), next });
    if (!wanted.ok) throw new ServiceError('invalid-argument', wanted.error);
    const { id, ...rest } = wanted.value;
    const found = await loadPage(deps.db, { ...rest, setIds: [id], where: clairView(deps) });
    return reply.type(type).send(JSON.stringify(notificationPageV1(found, wanted.value.limit)));
  });
  const removal = {
    tags: ['notifier'],
    summary: 'Say that a set was read and is not needed any more',
    params,
    answers: { 200: 'It is deleted, now or before.', errors: [400] },
  } as const;
  server.delete(PATH, { schema: removal }, async (request, reply) => {
    await deleteNotifications(deps, { id: request.params.id });
    return reply.code(200).send();
  });
}
