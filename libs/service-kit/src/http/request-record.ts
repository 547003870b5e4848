import type { Metrics } from '../metrics/metrics.ts';
import type { HttpServer } from './http-server.ts';

const BUCKETS_SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** Counts every request by route (never by path), and writes one line for each. */
export function recordRequests(server: HttpServer, { metrics }: { metrics: Metrics }): void {
  const seconds = metrics.histogram({
    name: 'clair_http_request_duration_seconds',
    help: 'Time to answer an HTTP request.',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS_SECONDS,
  });
  const inFlight = metrics.gauge({ name: 'clair_http_requests_in_flight', help: 'HTTP requests being answered.' });
  server.addHook('onRequest', async (_request, reply) => {
    inFlight.inc();
    // Not a hook of the reply: a client that goes away must count as well.
    reply.raw.once('close', () => inFlight.dec());
  });
  server.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    const elapsedSeconds = reply.elapsedTime / 1000;
    seconds.observe({ method: request.method, route, status: reply.statusCode }, elapsedSeconds);
    const facts = { method: request.method, path: pathOf(request.url), route, status: reply.statusCode };
    request.log.info({ ...facts, seconds: elapsedSeconds, peer: request.ip }, 'request answered');
  });
}

const PATH_CHARS_MAX = 500;

/** Without the query, which may hold what does not belong in a log. */
function pathOf(url: string): string {
  return (url.split('?', 1)[0] ?? '').slice(0, PATH_CHARS_MAX);
}
