import { ServiceError } from '../errors/service-error.ts';
import type { HttpServer } from './http-server.ts';

/** Answers 405 with `Allow` where the path is known and the method is not, and 404 elsewhere. */
export function answerUnknownPaths(server: HttpServer): void {
  const routes: { readonly pattern: RegExp; readonly methods: readonly string[] }[] = [];
  server.addHook('onRoute', ({ url, method }) => {
    routes.push({ pattern: patternOf(url), methods: [method].flat() });
  });
  server.setNotFoundHandler(async (request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '';
    const allowed = new Set(routes.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => methods));
    if (allowed.size === 0) throw new ServiceError('not-found', 'there is nothing at this path');
    reply.header('allow', [...allowed].sort().join(', '));
    throw new ServiceError('method-not-allowed', `${request.method} is not allowed here`);
  });
}

/** Fastify's route syntax, as far as whole segments go: `/a/:b/*`. */
function patternOf(url: string): RegExp {
  const segments = url.split('/').map((segment) => {
    if (segment === '*') return '.*';
    return segment.startsWith(':') ? '[^/]+' : segment.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${segments.join('/')}$`);
}
