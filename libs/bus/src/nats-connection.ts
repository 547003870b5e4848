import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Unavailable } from '@clair/model';
import {
  type Authenticator,
  type ConnectionOptions,
  connect,
  credsAuthenticator,
  ErrorCode,
  Events,
  type NatsConnection,
  NatsError,
  type TlsOptions,
  tokenAuthenticator,
  usernamePasswordAuthenticator,
} from 'nats';
import type { BusLog } from './bus-log.ts';

/** Who we say we are, where it is not a file. */
export type NatsCredentials = { readonly token: string } | { readonly user: string; readonly password: string };

/** Paths of PEM files. An empty object asks for TLS with the authorities that Node trusts. */
export interface NatsTls {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

export interface NatsAddress {
  /** `nats://host:4222`, one or several of a cluster. */
  readonly servers: string | readonly string[];
  readonly credentials?: NatsCredentials;
  /** A `.creds` file, with a JWT and its seed; read again for each connection, so that it can be rotated. */
  readonly credentialsFile?: string;
  readonly tls?: NatsTls;
  /** How long the first connection is tried for. Default 30 s. */
  readonly connectMs?: number;
}

const CONNECT_MS = 30_000;
const CONNECT_RETRY_MS = 500;
const RECONNECT_MS = 1000;
/** With two pings unanswered a connection is dead: found out within 30 s, where TCP alone takes a quarter of an hour. */
const PING_MS = 10_000;

const REFUSED: readonly string[] = [
  ErrorCode.AuthorizationViolation,
  ErrorCode.AuthenticationExpired,
  ErrorCode.BadAuthentication,
  ErrorCode.BadCreds,
  ErrorCode.AccountExpired,
  ErrorCode.ServerOptionNotAvailable,
];

/**
 * Connects, and stays connected: once it has been, it reconnects for ever. Rejects with `Unavailable` when no server
 * answered in time, and with the server's refusal at once when it is one that trying again does not mend.
 */
export async function connectNats(address: NatsAddress): Promise<NatsConnection> {
  const options = connectionOptions(address);
  const deadline = Date.now() + (address.connectMs ?? CONNECT_MS);
  for (;;) {
    try {
      return await connect(options);
    } catch (error) {
      if (error instanceof NatsError && REFUSED.includes(error.code)) throw error;
      if (Date.now() + CONNECT_RETRY_MS >= deadline) throw new Unavailable('NATS does not answer', { cause: error });
      await sleep(CONNECT_RETRY_MS);
    }
  }
}

function connectionOptions(address: NatsAddress): ConnectionOptions {
  const { servers, tls } = address;
  const authenticator = authenticatorOf(address);
  return {
    servers: typeof servers === 'string' ? servers : [...servers],
    name: 'clair',
    maxReconnectAttempts: -1,
    reconnectTimeWait: RECONNECT_MS,
    pingInterval: PING_MS,
    // A password that is being rotated is refused for a while; that must not end the reconnecting.
    ignoreAuthErrorAbort: true,
    ...(authenticator === undefined ? {} : { authenticator }),
    ...(tls === undefined ? {} : { tls: tlsOptions(tls) }),
  };
}

function tlsOptions({ ca, cert, key }: NatsTls): TlsOptions {
  return {
    ...(ca === undefined ? {} : { caFile: ca }),
    ...(cert === undefined ? {} : { certFile: cert }),
    ...(key === undefined ? {} : { keyFile: key }),
  };
}

function authenticatorOf({ credentials, credentialsFile }: NatsAddress): Authenticator | undefined {
  if (credentialsFile !== undefined) return credsAuthenticator(() => readFileSync(credentialsFile));
  if (credentials === undefined) return undefined;
  if ('token' in credentials) return tokenAuthenticator(credentials.token);
  return usernamePasswordAuthenticator(credentials.user, credentials.password);
}

/** Whether the connection stands, as far as anybody has noticed. */
export interface Presence {
  readonly connected: boolean;
}

/** Follows the connection until it is closed, says so in the log, and calls `onReconnect` each time it is back. */
export function watchConnection(connection: NatsConnection, log: BusLog, onReconnect: () => void): Presence {
  const presence = { connected: true };
  const follow = async () => {
    for await (const status of connection.status()) {
      if (status.type === Events.Disconnect) {
        presence.connected = false;
        log.warn({ server: String(status.data) }, 'NATS connection lost');
      } else if (status.type === Events.Reconnect) {
        presence.connected = true;
        log.info({ server: String(status.data) }, 'NATS connection is back');
        onReconnect();
      } else if (status.type === Events.Error) {
        log.warn({ error: String(status.data) }, 'NATS reports an error');
      }
    }
    presence.connected = false;
  };
  void follow();
  return presence;
}
