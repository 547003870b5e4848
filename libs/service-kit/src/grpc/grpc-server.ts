import { readFileSync } from 'node:fs';
import { ServerCredentials } from '@grpc/grpc-js';
import { createServer } from 'nice-grpc';
import { type CallContext, ServerError, Status } from 'nice-grpc-common';
import { HealthDefinition, HealthServiceImpl, HealthState } from 'nice-grpc-server-health';
import { ServerReflection, ServerReflectionService } from 'nice-grpc-server-reflection';
import { verifyBearer } from '../auth/psk.ts';
import type { PskAuth } from '../auth/psk-of-config.ts';
import { listenAddress } from '../config/address.ts';
import type { Logger } from '../logging/logger.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { GrpcBinding } from './binding.ts';
import { createCallLog } from './call-log.ts';
import { CHANNEL_LIMITS } from './channel-options.ts';
import { serveCallWith } from './serve-call.ts';

/** PEM files. With `client_ca`, only clients with a certificate of it may call. */
export interface GrpcTls {
  readonly cert: string;
  readonly key: string;
  readonly client_ca?: string | undefined;
  readonly ca?: string | undefined;
}

export interface GrpcServerOptions {
  /** As in the config: `:6061`, `127.0.0.1:0`. */
  readonly listen: string;
  readonly tls?: GrpcTls | undefined;
  readonly bindings: readonly GrpcBinding[];
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Longest time any call may take; default one hour. */
  readonly deadlineMaxMs?: number;
  /** When set, every call but health checks needs a bearer token. */
  readonly auth?: PskAuth | undefined;
  /** `google.protobuf.FileDescriptorSet` to answer reflection from (`readDescriptorSet()` of the contracts). */
  readonly descriptors?: Uint8Array;
  /** Default: the clock of the machine. */
  readonly clock?: () => number;
}

export interface GrpcServer {
  readonly port: number;
  /** Health checks answer NOT_SERVING at once; calls in flight get `graceMs` (default 10 s) and are then ended. */
  stop(graceMs?: number): Promise<void>;
}

const HOUR_MS = 3_600_000;
const GRACE_MS = 10_000;
const OPEN_TO_ALL = '/grpc.health.v1.Health/';

/** Serves the bindings, with the standard health and (given descriptors) reflection services. Rejects when it cannot listen. */
export async function startGrpcServer(options: GrpcServerOptions): Promise<GrpcServer> {
  const stopping = new AbortController();
  const server = createServer({ ...CHANNEL_LIMITS }).use(
    serveCallWith({
      deadlineMs: options.deadlineMaxMs ?? HOUR_MS,
      stopping: stopping.signal,
      authorize: authorizer(options),
      record: createCallLog(options),
    }),
  );
  for (const { definition, implementation } of options.bindings) server.add(definition, implementation);
  const health = HealthState();
  server.add(HealthDefinition, HealthServiceImpl(health));
  const names = options.bindings.map(({ definition }) => definition.fullName);
  if (options.descriptors) server.add(ServerReflectionService, ServerReflection(options.descriptors, names));
  const port = await server.listen(bindTarget(options.listen), credentials(options.tls));
  for (const name of ['', ...names]) health.setStatus('healthy', name);
  return {
    port,
    async stop(graceMs = GRACE_MS) {
      for (const name of ['', ...names]) health.setStatus('unhealthy', name);
      const timer = setTimeout(() => {
        stopping.abort();
        // The answers that say "stopping" need a moment to leave.
        setTimeout(() => server.forceShutdown(), 100);
      }, graceMs);
      await server.shutdown();
      clearTimeout(timer);
    },
  };
}

function authorizer({ auth, clock = Date.now, log }: GrpcServerOptions) {
  return async (path: string, { metadata }: CallContext): Promise<void> => {
    if (auth === undefined || path.startsWith(OPEN_TO_ALL)) return;
    const verified = await verifyBearer(metadata.get('authorization')?.toString(), { ...auth, nowMs: clock() });
    if (verified.ok) return;
    log.debug({ method: path, reason: verified.error }, 'grpc caller refused');
    throw new ServerError(Status.UNAUTHENTICATED, 'a valid bearer token is needed');
  };
}

/** grpc-js has no word for "all addresses"; `[::]` takes IPv4 too wherever IPv6 exists. */
function bindTarget(listen: string): string {
  const { host, port } = listenAddress(listen);
  if (host === '') return `[::]:${port}`;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function credentials(tls: GrpcTls | undefined): ServerCredentials {
  if (tls === undefined) return ServerCredentials.createInsecure();
  const clientCa = tls.client_ca === undefined ? null : readFileSync(tls.client_ca);
  const pair = { cert_chain: readFileSync(tls.cert), private_key: readFileSync(tls.key) };
  return ServerCredentials.createSsl(clientCa, [pair], clientCa !== null);
}
