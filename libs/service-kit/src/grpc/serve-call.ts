import type { CallContext, ServerMiddlewareCall } from 'nice-grpc-common';
import { ServerError, Status } from 'nice-grpc-common';
import { grpcStatusOf } from '../errors/grpc-status.ts';
import { CallEnd } from './call-end.ts';
import type { CallRecord } from './call-log.ts';
import { untilCancelled } from './until-cancelled.ts';

export interface ServeCallOptions {
  /** The longest a call may take. The caller gets DEADLINE_EXCEEDED then, also from a handler that goes on. */
  readonly deadlineMs: number;
  /** Ends every call when the server has to go. */
  readonly stopping: AbortSignal;
  /** Rejects with the error to answer with when the caller may not call. */
  readonly authorize: (path: string, context: CallContext) => Promise<void>;
  readonly record: (call: CallRecord) => void;
}

/** The middleware around every call of a server: who may call, how long it may take, what an error becomes. */
export function serveCallWith({ deadlineMs, stopping, authorize, record }: ServeCallOptions) {
  return async function* serveCall<Request, Response>(
    call: ServerMiddlewareCall<Request, Response>,
    context: CallContext,
  ): AsyncGenerator<Response, Response | undefined, undefined> {
    const startedMs = performance.now();
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), deadlineMs);
    const signal = AbortSignal.any([context.signal, deadline.signal, stopping]);
    const ended = endOf({ caller: context.signal, deadline: deadline.signal, stopping });
    let outcome: { code: Status; error?: unknown } = { code: Status.CANCELLED };
    const request = call.requestStream ? untilCancelled(call.request, context.signal) : call.request;
    const answers = call.next(request, { ...context, signal });
    try {
      await authorize(call.method.path, context);
      for (;;) {
        const answer = await ended.orEnd<Awaited<ReturnType<typeof answers.next>>>(answers.next());
        if (answer.done) {
          outcome = { code: Status.OK };
          return answer.value ?? undefined;
        }
        yield answer.value;
      }
    } catch (error) {
      const failure = error instanceof ServerError ? error : serverErrorOf(error, signal);
      outcome = { code: failure.code, error };
      throw failure;
    } finally {
      clearTimeout(timer);
      ended.release();
      // A handler that is still busy answers `return()` only when it is done, so nobody waits for that.
      // Safety: `return` hands its argument on as the generator's result, which nobody reads.
      answers.return(undefined as never).catch(() => undefined);
      record({
        path: call.method.path,
        peer: context.peer,
        seconds: (performance.now() - startedMs) / 1000,
        ...outcome,
      });
    }
  };
}

interface EndSignals {
  readonly caller: AbortSignal;
  readonly deadline: AbortSignal;
  readonly stopping: AbortSignal;
}

/** When the call has to end, whatever its handler does. */
function endOf({ caller, deadline, stopping }: EndSignals): Pick<CallEnd, 'orEnd'> & { release: () => void } {
  const released = new AbortController();
  const callEnd = new CallEnd();
  const rejectOn = (signal: AbortSignal, code: Status, details: string) => {
    const end = () => callEnd.end(new ServerError(code, details));
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { signal: released.signal });
  };
  rejectOn(caller, Status.CANCELLED, 'the caller went away');
  rejectOn(deadline, Status.DEADLINE_EXCEEDED, 'took longer than this server allows');
  rejectOn(stopping, Status.UNAVAILABLE, 'the server is stopping');
  return { orEnd: (work) => callEnd.orEnd(work), release: () => released.abort() };
}

function serverErrorOf(error: unknown, signal: AbortSignal): ServerError {
  if (signal.aborted && error instanceof Error && error.name === 'AbortError') {
    return new ServerError(Status.CANCELLED, 'the call was cancelled');
  }
  const { code, details } = grpcStatusOf(error);
  return new ServerError(code, details);
}
