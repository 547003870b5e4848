import { connectJetStream, createInProcessBus, type EventBus } from '@clair/bus';
import type { ClairConfig, Logger, Mode } from '@clair/service-kit';
import { reasonOf, StartFailure, step } from './start-failure.ts';

interface OpenBus {
  readonly config: ClairConfig;
  readonly mode: Mode;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/**
 * JetStream where `nats` is configured; else, in combo, events go from the outbox straight to the services of the process.
 * Rejects with a {@link StartFailure} when NATS does not answer within half a minute, and when `signal` aborts.
 */
export async function openBus({ config, mode, log, signal }: OpenBus): Promise<EventBus> {
  if (config.nats === undefined) {
    if (mode === 'combo') return createInProcessBus({ log });
    throw new StartFailure(`nats.servers is required in ${mode} mode`);
  }
  const { servers, stream, credentials_file: credentialsFile, tls } = config.nats;
  const connecting = connectJetStream({
    servers: [...servers],
    stream,
    log,
    ...(credentialsFile === undefined ? {} : { credentialsFile }),
    ...(tls === undefined ? {} : { tls }),
  });
  const failure = `cannot use NATS at ${servers.map(withoutUser).join(', ')}`;
  const remedy = 'See that it runs with JetStream (nats-server -js), and check nats.servers and its credentials';
  return step({ failure, remedy }, () => unlessAborted(connecting, { signal, log }));
}

/** The connection is waited for no longer than the process is; one that comes too late is closed. */
async function unlessAborted(
  connecting: Promise<EventBus>,
  { signal, log }: { readonly signal: AbortSignal; readonly log: Logger },
): Promise<EventBus> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort);
  const waiting = setTimeout(() => log.warn('waiting for NATS'), 2000);
  try {
    return await Promise.race([connecting, aborted.promise]);
  } catch (error) {
    connecting.then(
      (bus) => bus.close(),
      (late: unknown) => log.debug({ reason: reasonOf(late) }, 'NATS was not reached'),
    );
    throw error;
  } finally {
    clearTimeout(waiting);
    signal.removeEventListener('abort', onAbort);
  }
}

/** An address may hold a password. */
function withoutUser(server: string): string {
  return server.replace(/^([a-z]+:\/\/)?[^@/]*@/, '$1');
}
