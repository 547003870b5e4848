import { Status } from 'nice-grpc-common';
import type { Logger } from '../logging/logger.ts';
import type { Metrics } from '../metrics/metrics.ts';

/** How one call went. */
export interface CallRecord {
  readonly path: string;
  readonly code: Status;
  readonly seconds: number;
  readonly peer: string;
  /** What the implementation has thrown, when it has. */
  readonly error?: unknown;
}

/** The caller's doings; they are counted, and only of interest when somebody looks for them. */
const CALLERS_OWN: ReadonlySet<Status> = new Set([
  Status.OK,
  Status.CANCELLED,
  Status.NOT_FOUND,
  Status.INVALID_ARGUMENT,
  Status.FAILED_PRECONDITION,
]);

const BUCKETS_SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800];

/** Counts every call in `clair_grpc_request_duration_seconds`, and writes one line for each that failed. */
export function createCallLog({ log, metrics }: { log: Logger; metrics: Metrics }): (call: CallRecord) => void {
  const seconds = metrics.histogram({
    name: 'clair_grpc_request_duration_seconds',
    help: 'Time to answer a gRPC call, streams until their end.',
    labelNames: ['method', 'code'],
    buckets: BUCKETS_SECONDS,
  });
  return ({ error, ...call }) => {
    const code = Status[call.code];
    seconds.observe({ method: call.path, code }, call.seconds);
    const facts = { method: call.path, code, seconds: call.seconds, peer: call.peer };
    if (call.code === Status.INTERNAL) return log.error({ ...facts, err: error }, 'grpc call failed');
    if (CALLERS_OWN.has(call.code)) return log.debug(facts, 'grpc call answered');
    return log.warn({ ...facts, reason: error instanceof Error ? error.message : undefined }, 'grpc call failed');
  };
}
