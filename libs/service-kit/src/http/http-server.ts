import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { pskOfConfig } from '../auth/psk-of-config.ts';
import type { ClairConfig } from '../config/schema.ts';
import type { Logger } from '../logging/logger.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { requireBearer } from './bearer-hook.ts';
import { compressReply } from './compression.ts';
import { answerBrokenRequest, answerErrors } from './error-answers.ts';
import { acceptAnyContentType } from './json-body.ts';
import { describeApi } from './openapi.ts';
import { recordRequests } from './request-record.ts';
import { compileValidator } from './request-validator.ts';
import { answerUnknownPaths } from './unknown-paths.ts';

/** Fastify with TypeBox: the type of a handler's parameters, query and body follows from the route's schema. */
export type HttpServer = FastifyInstance<
  Server,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

export interface HttpServerOptions {
  readonly config: Pick<ClairConfig, 'auth' | 'http' | 'tls'>;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Default: the clock of the machine. */
  readonly clock?: () => number;
}

/** A digest with a sha512 is 135 characters, and it may come percent-encoded. */
const PARAMETER_CHARS_MAX = 512;
const REQUEST_ID = /^[\w.-]{1,128}$/;

/**
 * The server of Clair's API, without routes yet but `/openapi/v1` and `/robots.txt`. Everything else needs a bearer
 * token when `auth.psk` is configured; every answer that is not a success is `{"code","message"}`; any request body is
 * read as JSON. Listen with `listenHttp`. Rejects when the certificate of `tls` cannot be read.
 */
export async function createHttpServer({
  config,
  log,
  metrics,
  clock = Date.now,
}: HttpServerOptions): Promise<HttpServer> {
  const options = {
    // Safety: a pino logger is what Fastify's logger interface was taken from.
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    bodyLimit: config.http.body_bytes_max,
    genReqId: requestId,
    return503OnClosing: true,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: PARAMETER_CHARS_MAX },
    frameworkErrors: answerErrors,
    clientErrorHandler: answerBrokenRequest,
  } as const;
  const tls = config.tls && { cert: readFileSync(config.tls.cert), key: readFileSync(config.tls.key) };
  // Safety: node's https server differs from the http one in what it takes, not in what is done with it here.
  const server = (tls ? fastify({ ...options, https: tls }) : fastify(options)) as unknown as HttpServer;
  server.setValidatorCompiler(compileValidator);
  server.setErrorHandler(answerErrors);
  server.addHook('onRequest', async (request, reply) => {
    reply.headers({ 'x-content-type-options': 'nosniff', 'x-request-id': request.id });
  });
  recordRequests(server, { metrics });
  const psk = pskOfConfig(config);
  if (psk) server.addHook('onRequest', requireBearer(psk, clock));
  acceptAnyContentType(server);
  server.addHook('onSend', compressReply);
  answerUnknownPaths(server);
  await describeApi(server);
  server.get('/robots.txt', { schema: { hide: true } }, async (_request, reply) =>
    reply.type('text/plain; charset=utf-8').send('User-agent: *\nDisallow: /\n'),
  );
  return server;
}

function requestId(request: { headers: Record<string, string | string[] | undefined> }): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}
