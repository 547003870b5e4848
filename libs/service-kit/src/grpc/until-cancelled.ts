import { setImmediate as nextTurn } from 'node:timers/promises';

/** A reset connection was seen to abort the signal at most two turns of the event loop after the end of the stream. */
const TURNS_MAX = 8;

/**
 * The requests of a stream, ending in an `AbortError` when the caller went away. Without this, a caller that is cancelled
 * or killed in the middle looks as if it had sent everything: grpc-js reports the end of the stream before the reset.
 */
export async function* untilCancelled<T>(requests: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  yield* requests;
  for (let turn = 0; turn < TURNS_MAX && !signal.aborted; turn += 1) await nextTurn();
  signal.throwIfAborted();
}
