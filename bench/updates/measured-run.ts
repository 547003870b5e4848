import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

export interface ServiceRequest {
  readonly feed: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly connstring: string;
}

export interface MeasuredRun {
  readonly outcome: string;
  readonly error: string;
  readonly seconds: number;
  /** Until the last document was read; 0 when none was. */
  readonly readSeconds: number;
}

/** A service that keeps running between the runs of its feed, as it does in production. */
export interface MeasuredService {
  run(): Promise<MeasuredRun>;
  stop(): Promise<void>;
}

export async function startMeasuredService(request: ServiceRequest): Promise<MeasuredService> {
  const child = fork(new URL('./service.ts', import.meta.url), [JSON.stringify(request)]);
  await answerOf(child);
  return {
    async run() {
      child.send('run');
      // Safety: the script answers every message but `stop` with one of these.
      return (await answerOf(child)) as MeasuredRun;
    },
    async stop() {
      const ended = once(child, 'exit');
      child.send('stop');
      await ended;
    },
  };
}

async function answerOf(child: ChildProcess): Promise<unknown> {
  const isAnswered = new AbortController();
  const { signal } = isAnswered;
  const [answer] = await Promise.race([
    once(child, 'message', { signal }),
    once(child, 'exit', { signal }).then(([code]) => Promise.reject(new Error(`the service ended with ${code}`))),
  ]);
  isAnswered.abort();
  return answer;
}
