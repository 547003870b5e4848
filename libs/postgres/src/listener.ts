import type pg from 'pg';
import { Backoff } from './backoff.ts';
import { quoteIdentifier } from './identifier.ts';
import type { Log } from './log.ts';
import { WakeUp } from './wake-up.ts';

const RETRY_FIRST_MS = 1_000;
const RETRY_LAST_MS = 60_000;

export interface Listener {
  stop(): Promise<void>;
}

/**
 * Calls `wake` when `channel` is notified, for as long as that works: through a pooler, or while the database is away, it
 * never is called. So nothing may depend on it but how soon something happens.
 */
export function listen(options: { connect: () => pg.Client; channel: string; wake: () => void; log: Log }): Listener {
  const stopped = new AbortController();
  const loop = listenUntilStopped(options, stopped.signal);
  return {
    stop() {
      stopped.abort();
      return loop;
    },
  };
}

async function listenUntilStopped(
  options: { connect: () => pg.Client; channel: string; wake: () => void; log: Log },
  stopped: AbortSignal,
): Promise<void> {
  const { channel, wake, log } = options;
  const backoff = new Backoff(RETRY_FIRST_MS, RETRY_LAST_MS);
  const pause = new WakeUp();
  while (!stopped.aborted) {
    const client = options.connect();
    const ended = new Promise<void>((resolve) => client.once('end', () => resolve()));
    client.on('error', () => undefined);
    client.on('notification', wake);
    try {
      await client.connect();
      await client.query(`listen ${quoteIdentifier(channel)}`);
      backoff.reset();
      // Whatever was announced before the connection stood is found now.
      wake();
      await Promise.race([ended, aborted(stopped)]);
    } catch (error) {
      log.debug({ err: error, channel }, 'listen failed');
    }
    await client.end().catch(() => undefined);
    if (!stopped.aborted) await pause.sleep(backoff.next(), stopped);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
