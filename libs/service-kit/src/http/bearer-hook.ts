import type { FastifyReply, FastifyRequest } from 'fastify';
import { verifyBearer } from '../auth/psk.ts';
import type { PskAuth } from '../auth/psk-of-config.ts';
import { ServiceError } from '../errors/service-error.ts';

const OPEN_TO_ALL = '/robots.txt';

/** An `onRequest` hook that lets nobody in without a token, except to `/robots.txt`. */
export function requireBearer(psk: PskAuth, clock: () => number) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    if (request.routeOptions.url === OPEN_TO_ALL) return;
    const verified = await verifyBearer(request.headers.authorization, { ...psk, nowMs: clock() });
    if (verified.ok) return;
    request.log.debug({ reason: verified.error }, 'bearer token refused');
    const detail = verified.error === 'missing' ? '' : ', error="invalid_token"';
    reply.header('www-authenticate', `Bearer realm="clair"${detail}`);
    throw new ServiceError('unauthenticated', 'a valid bearer token is needed');
  };
}
