import type { Logger } from '../logging/logger.ts';

/** The part of `process` that is needed; replaced in tests. */
export interface SignalSource {
  on(signal: 'SIGTERM' | 'SIGINT', listener: () => void): unknown;
  off(signal: 'SIGTERM' | 'SIGINT', listener: () => void): unknown;
  exit(code: number): void;
}

export interface RunOptions {
  /** Resolves when everything serves. The signal is aborted when the process is asked to stop meanwhile. */
  readonly start: (signal: AbortSignal) => Promise<void>;
  /** First thing after the signal: readiness drops, so that no new work comes. */
  readonly notReady?: () => void;
  /** Drains and ends everything. Called once, also when `start` has failed. */
  readonly stop: () => Promise<void>;
  /** How long `stop` may take; then the process is left as it is. */
  readonly graceMs: number;
  /** How long to serve on after `notReady`, so that load balancers see it. Default: not at all. */
  readonly drainMs?: number;
  readonly log: Logger;
  /** Default: this process. */
  readonly signals?: SignalSource;
}

const EXIT_SECOND_SIGNAL = 130;

/**
 * Starts, waits for SIGTERM or SIGINT, and stops. Resolves with the exit code: 0 when all ended in time, 1 when it did
 * not. Rejects with the error of `start`, after `stop`. A second signal exits at once.
 */
export async function runUntilSignal(options: RunOptions): Promise<0 | 1> {
  const { log, signals = process } = options;
  const asked = new AbortController();
  const onSignal = () => {
    if (asked.signal.aborted) return signals.exit(EXIT_SECOND_SIGNAL);
    return asked.abort();
  };
  signals.on('SIGTERM', onSignal);
  signals.on('SIGINT', onSignal);
  try {
    await startOrStop(options, asked.signal);
    await aborted(asked.signal);
    log.info('stopping');
    options.notReady?.();
    await sleep(options.drainMs ?? 0);
    return await stopInTime(options);
  } finally {
    signals.off('SIGTERM', onSignal);
    signals.off('SIGINT', onSignal);
  }
}

async function startOrStop(options: RunOptions, signal: AbortSignal): Promise<void> {
  try {
    await options.start(signal);
  } catch (error) {
    // A start that gives up because it was asked to stop is stopped in the usual way.
    if (signal.aborted) return;
    await stopInTime(options);
    throw error;
  }
}

async function stopInTime({ stop, graceMs, log }: RunOptions): Promise<0 | 1> {
  const late = Promise.withResolvers<'late'>();
  const timer = setTimeout(() => late.resolve('late'), graceMs);
  try {
    const outcome = await Promise.race([stop(), late.promise]);
    if (outcome === 'late') log.error({ graceMs }, 'stopping took too long');
    else log.info('stopped');
    return outcome === 'late' ? 1 : 0;
  } catch (error) {
    log.error({ err: error }, 'stopping failed');
    return 1;
  } finally {
    clearTimeout(timer);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function sleep(durationMs: number): Promise<void> {
  return durationMs === 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, durationMs));
}
