import { connectJetStream, createInProcessBus, type EventBus } from '@clair/bus';
import type { ClairConfig, Logger, Mode } from '@clair/service-kit';

/** JetStream where `nats` is configured; else, in combo, events go from the outbox straight to the services of the process. */
export async function openBus(config: ClairConfig, mode: Mode, log: Logger): Promise<EventBus> {
  if (config.nats === undefined) {
    if (mode === 'combo') return createInProcessBus({ log });
    throw new Error(`nats.servers is required in ${mode} mode`);
  }
  const { servers, stream, credentials_file: credentialsFile, tls } = config.nats;
  return connectJetStream({
    servers: [...servers],
    stream,
    log,
    ...(credentialsFile === undefined ? {} : { credentialsFile }),
    ...(tls === undefined ? {} : { tls }),
  });
}
