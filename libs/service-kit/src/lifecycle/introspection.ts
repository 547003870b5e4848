import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { listenAddress } from '../config/address.ts';
import { onEveryAddress } from '../http/listen-http.ts';
import type { Logger } from '../logging/logger.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { ReadinessCheck } from './service.ts';

export interface IntrospectionOptions {
  /** As in the config: `:8089`. */
  readonly listen: string;
  readonly metrics: Metrics;
  readonly checks: readonly ReadinessCheck[];
  readonly log: Logger;
  /** Default `/metrics`. */
  readonly metricsPath?: string;
  /** How long one check may take before it counts as failed; default two seconds. */
  readonly checkTimeoutMs?: number;
}

export interface Introspection {
  readonly port: number;
  /** Until this is first called with true, and after it is called with false, `/readyz` answers 503. */
  setReady(isReady: boolean): void;
  stop(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const CHECK_TIMEOUT_MS = 2000;
const JSON_TYPE = 'application/json';

/**
 * Serves `/healthz` (200 as long as the process answers), `/readyz` (200 when ready and every check passes, else 503
 * with the names of those that failed) and the metrics. Never authenticated. Rejects when it cannot listen.
 */
export async function startIntrospection(options: IntrospectionOptions): Promise<Introspection> {
  const state = { isReady: false };
  const server = createServer((request, response) => {
    answerTo(request, state, options).then(
      (answer) => send(request, response, answer),
      (error: unknown) => {
        options.log.error({ err: error }, 'introspection failed');
        send(request, response, problem(500, 'internal-error', 'internal error'));
      },
    );
  });
  const port = await onEveryAddress(listenAddress(options.listen), (address) => listen(server, address));
  return {
    port,
    setReady(isReady) {
      state.isReady = isReady;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, address: { host: string; port: number }): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, () => {
      server.off('error', reject);
      const bound = server.address();
      resolve(typeof bound === 'object' && bound !== null ? bound.port : address.port);
    });
  });
}

async function answerTo(
  { url = '/', method = 'GET' }: IncomingMessage,
  state: { isReady: boolean },
  options: IntrospectionOptions,
): Promise<Answer> {
  const path = url.split('?', 1)[0] ?? '';
  const metricsPath = options.metricsPath ?? '/metrics';
  if (path !== '/healthz' && path !== '/readyz' && path !== metricsPath) {
    return problem(404, 'not-found', 'there is nothing at this path');
  }
  if (method !== 'GET' && method !== 'HEAD') return problem(405, 'method-not-allowed', `${method} is not allowed here`);
  if (path === '/healthz') return { status: 200, type: JSON_TYPE, body: '{"status":"ok"}' };
  if (path === '/readyz') return readiness(state.isReady, options);
  const { registry } = options.metrics;
  return { status: 200, type: registry.contentType, body: await registry.metrics() };
}

async function readiness(
  isReady: boolean,
  { checks, checkTimeoutMs = CHECK_TIMEOUT_MS }: IntrospectionOptions,
): Promise<Answer> {
  const outcomes = isReady ? await Promise.all(checks.map((check) => passes(check, checkTimeoutMs))) : [];
  const failed = checks.filter((_, index) => outcomes[index] === false).map(({ name }) => name);
  const isAvailable = isReady && failed.length === 0;
  const body = JSON.stringify({ status: isAvailable ? 'ready' : 'not-ready', failed });
  return { status: isAvailable ? 200 : 503, type: JSON_TYPE, body };
}

async function passes(check: ReadinessCheck, timeoutMs: number): Promise<boolean> {
  const timeout = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => timeout.resolve(false), timeoutMs);
  try {
    return await Promise.race([check.check().then(() => true), timeout.promise]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}

function problem(status: number, code: string, message: string): Answer {
  return { status, type: JSON_TYPE, body: JSON.stringify({ code, message }) };
}

function send(request: IncomingMessage, response: ServerResponse, { status, type, body }: Answer): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(status === 405 && { allow: 'GET, HEAD' }),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}
