import { checkWiring, launch, type Running } from '@clair/clair';
import { type MatcherServiceClient, MatcherServiceDefinition } from '@clair/contracts';
import {
  type ClairConfig,
  connstringKey,
  createLogger,
  inProcessClient,
  loadConfigFile,
  mintToken,
  problemLine,
  pskOfConfig,
  readConfig,
} from '@clair/service-kit';
import { ClairApi, CommandError } from './api.ts';
import type { Terminal } from './commands/report.ts';

export interface TargetOptions {
  /** A running service; without it one is started for the call. */
  readonly host: string | undefined;
  readonly configPath: string | undefined;
  readonly issuer: string;
  readonly dataDir: string | undefined;
  readonly debug: boolean;
}

export interface Target {
  readonly api: ClairApi;
  /** Whether the service shares this machine's loopback addresses, so that it can be handed local files over them. */
  readonly isLocal: boolean;
  /** The service was started for this call: its feeds have not run unless an earlier call ran them. */
  readonly isEmbedded: boolean;
  /** Whether an embedded service may ask the sources of its feeds; of another, only itself knows. */
  readonly mayFetch: boolean;
}

/** Gives `work` a service to talk to, and ends it afterwards when it was started for the call. */
export async function withTarget<T>(
  options: TargetOptions,
  terminal: Terminal,
  work: (target: Target) => Promise<T>,
): Promise<T> {
  const { progress, signal } = terminal;
  const config = readConfigFor(options);
  if (options.host !== undefined) {
    const { hostname } = new URL(options.host);
    const api = apiFor(config, { host: options.host, issuer: options.issuer, signal });
    return unlessAborted(signal, () => work({ api, isLocal: isLoopback(hostname), isEmbedded: false, mayFetch: true }));
  }
  const running = await startEmbedded(config, options, terminal);
  try {
    const host = `http://127.0.0.1:${running.httpPort}/`;
    const api = apiFor(config, { host, issuer: options.issuer, signal });
    const mayFetch = !config.matcher.disable_updaters;
    return await unlessAborted(signal, () => work({ api, isLocal: true, isEmbedded: true, mayFetch }));
  } finally {
    progress.say('stopping the embedded service');
    await stopInTime(running);
    progress.clear();
  }
}

/**
 * Gives `work` the matcher of a combo started for the call, on the database of the configuration or the embedded one:
 * what it applies is announced through the outbox like any update, to whoever serves from that database.
 */
export async function withMatcher<T>(
  options: TargetOptions,
  terminal: Terminal,
  work: (matcher: MatcherServiceClient) => Promise<T>,
): Promise<T> {
  const { progress, signal } = terminal;
  const config = readConfigFor(options);
  const running = await startEmbedded(config, options, terminal);
  try {
    const matcher = running.services.matcher;
    if (matcher === undefined) throw new CommandError('the embedded service has no matcher');
    const client = inProcessClient(MatcherServiceDefinition, matcher.implementation);
    return await unlessAborted(signal, () => work(client));
  } finally {
    await stopInTime(running);
    progress.clear();
  }
}

/** A start on a database of one's own takes no longer, unless it has to wait for it; the log of the service is not shown. */
const SAY_AFTER_MS = 4000;

async function startEmbedded(
  config: ClairConfig,
  { debug, dataDir }: TargetOptions,
  { progress, signal, err }: Terminal,
): Promise<Running> {
  refuseUnusable(config);
  progress.say('starting an embedded service');
  const slow = setTimeout(() => {
    if (config.indexer.connstring === undefined) return;
    progress.clear();
    err(`clairctl: waiting for the PostgreSQL of ${connstringKey(config, 'indexer')}; -D shows more\n`);
  }, SAY_AFTER_MS);
  try {
    const log = createLogger({ level: debug ? 'debug' : 'error', name: 'clairctl', pretty: true });
    return await launch({ config: forOneCall(config, dataDir), mode: 'combo', log, signal });
  } catch (error) {
    progress.clear();
    throw error;
  } finally {
    clearTimeout(slow);
  }
}

/** Rejects with all for which a service would not start with this configuration. One that only says how to reach a service may have it. */
export function refuseUnusable(config: ClairConfig): void {
  const wiring = checkWiring(config, 'combo');
  if (!wiring.ok) throw unusable(wiring.error);
}

function unusable(problems: readonly string[]): CommandError {
  return new CommandError(`the configuration cannot be used:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
}

/** The configuration of the options, or combo's defaults. Rejects with everything that is wrong with it. */
export function readConfigFor(options: Pick<TargetOptions, 'configPath'>): ClairConfig {
  const reading =
    options.configPath === undefined
      ? readConfig([], { mode: 'combo' })
      : loadConfigFile(options.configPath, { mode: 'combo' });
  if (reading.ok) return reading.value.config;
  throw unusable(reading.error.map(problemLine));
}

function apiFor(
  config: ClairConfig,
  { host, issuer, signal }: { readonly host: string; readonly issuer: string; readonly signal: AbortSignal },
): ClairApi {
  const psk = pskOfConfig(config);
  if (psk === undefined) return new ClairApi({ host, signal });
  return new ClairApi({
    host,
    signal,
    issuer,
    token: () => mintToken({ key: psk.signingKey, issuer, nowMs: Date.now() }),
  });
}

/** Serves nobody but this call: loopback, free ports, without TLS, and feeds run when the call says so. */
function forOneCall({ tls: _, ...config }: ClairConfig, dataDir: string | undefined): ClairConfig {
  const anyPort = '127.0.0.1:0';
  return {
    ...config,
    http_listen_addr: anyPort,
    introspection_addr: anyPort,
    grpc: { ...config.grpc, listen_addr: anyPort },
    updater: { ...config.updater, schedule: false },
    data_dir: dataDir ?? config.data_dir,
  };
}

/** Ctrl-C at a terminal reaches the embedded database as well, and a service whose database is gone stops slowly. */
const STOP_MS_MAX = 15_000;

async function stopInTime(running: Running): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, STOP_MS_MAX);
  await Promise.race([running.stop(), late]);
  clearTimeout(timer);
}

/** The work's result; rejects as soon as the signal is aborted, so that what was started for it can be stopped. */
async function unlessAborted<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work(), aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname);
}
