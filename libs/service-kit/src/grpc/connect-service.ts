import { readFileSync } from 'node:fs';
import { ChannelCredentials } from '@grpc/grpc-js';
import { type Client, createChannel, createClientFactory, type TsProtoServiceDefinition } from 'nice-grpc';
import { type DeadlineOptions, deadlineMiddleware } from 'nice-grpc-client-middleware-deadline';
import { retryMiddleware } from 'nice-grpc-client-middleware-retry';
import { type CallOptions, ClientError, type ClientMiddlewareCall, Metadata, Status } from 'nice-grpc-common';
import { grpcAddress } from '../config/address.ts';
import { errorOfGrpcStatus } from '../errors/grpc-status.ts';
import type { Logger } from '../logging/logger.ts';
import { CLIENT_CHANNEL } from './channel-options.ts';
import type { GrpcTls } from './grpc-server.ts';

export interface ConnectOptions {
  /** Our certificate, shown when the server asks, and `ca`, whom we trust. Without it the connection is not encrypted. */
  readonly tls?: Pick<GrpcTls, 'cert' | 'key' | 'ca'> | undefined;
  /** Longest time of a unary call, retries included. */
  readonly deadlineMs: number;
  /** Longest time of a call with a stream; default one hour. */
  readonly streamDeadlineMs?: number;
  readonly log: Logger;
  /** Makes the bearer token of a call, when the server wants one. */
  readonly token?: (() => Promise<string>) | undefined;
}

const HOUR_MS = 3_600_000;
/** Together longer than the channel's longest pause between attempts to connect (3 s): a peer that is back is found. */
const RETRY = {
  retryBaseDelayMs: 100,
  retryMaxDelayMs: 2000,
  retryMaxAttempts: 7,
  retryableStatuses: [Status.UNAVAILABLE],
};

/**
 * A client of a service at `address` (any form of `grpcAddress`). Connects when first used, and again whenever the
 * server comes back. Only unary methods that the proto marks idempotent are retried. Calls reject with `Unavailable`
 * when the server is away or too slow, with `ServiceError` for an answer about the request, with `RemoteFailure`
 * when the server itself failed, and with an `AbortError` when `options.signal` is aborted.
 */
export function connectService<D extends TsProtoServiceDefinition>(
  definition: D,
  address: string,
  options: ConnectOptions,
): Client<D> & { close(): void } {
  const channel = createChannel(`dns:///${grpcAddress(address)}`, channelCredentials(options.tls), CLIENT_CHANNEL);
  const onRetryableError = (error: ClientError, attempt: number, delayMs: number) =>
    options.log.debug({ method: error.path, attempt, delayMs, reason: error.details }, 'grpc call retried');
  const client = createClientFactory()
    .use(retryMiddleware)
    .use(deadlineMiddleware)
    .use(translateWith(options))
    .create(definition, channel, {});
  const call = { ...RETRY, onRetryableError };
  const methods = Object.entries(client).map(([name, method]) => [
    name,
    // Safety: every member of a nice-grpc client is a method of a request and options; they are passed on as they came.
    (request: never, given?: CallOptions) => (method as AnyMethod)(request, { ...call, ...given }),
  ]);
  // Safety: the same methods under the same names as in `client`.
  return { ...(Object.fromEntries(methods) as Client<D>), close: () => channel.close() };
}

type AnyMethod = (request: never, options: CallOptions) => unknown;

/** The outermost middleware: sets the deadline and the token, and turns statuses into our errors. */
function translateWith({ deadlineMs, streamDeadlineMs = HOUR_MS, token }: ConnectOptions) {
  return async function* translate<Request, Response>(
    call: ClientMiddlewareCall<Request, Response, DeadlineOptions>,
    options: CallOptions & DeadlineOptions,
  ): AsyncGenerator<Response, Response | undefined, undefined> {
    const isStream = call.requestStream || call.responseStream;
    try {
      const metadata = token === undefined ? options.metadata : await withToken(options.metadata, token);
      const answer = yield* call.next(call.request, {
        deadline: isStream ? streamDeadlineMs : deadlineMs,
        ...options,
        ...(metadata && { metadata }),
      });
      return answer ?? undefined;
    } catch (error) {
      throw error instanceof ClientError ? errorOfGrpcStatus(error.path, error, error) : error;
    }
  };
}

async function withToken(metadata: Metadata | undefined, token: () => Promise<string>): Promise<Metadata> {
  return Metadata(metadata).set('authorization', `Bearer ${await token()}`);
}

function channelCredentials(tls: ConnectOptions['tls']): ChannelCredentials {
  if (tls === undefined) return ChannelCredentials.createInsecure();
  const ca = tls.ca === undefined ? null : readFileSync(tls.ca);
  return ChannelCredentials.createSsl(ca, readFileSync(tls.key), readFileSync(tls.cert));
}
