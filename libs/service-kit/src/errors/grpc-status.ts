import { Unavailable } from '@clair/model';
import { Status } from 'nice-grpc-common';
import { RemoteFailure, ServiceError, type ServiceErrorKind } from './service-error.ts';

/** A gRPC status as it goes over the wire. */
export interface GrpcStatus {
  readonly code: Status;
  readonly details: string;
}

/** The gRPC status of every kind. The kinds that only HTTP knows are the caller's mistake. */
export const GRPC_STATUS = {
  'invalid-argument': Status.INVALID_ARGUMENT,
  'not-found': Status.NOT_FOUND,
  'failed-precondition': Status.FAILED_PRECONDITION,
  'resource-exhausted': Status.RESOURCE_EXHAUSTED,
  conflict: Status.ABORTED,
  unavailable: Status.UNAVAILABLE,
  unauthenticated: Status.UNAUTHENTICATED,
  'not-acceptable': Status.INVALID_ARGUMENT,
  'unsupported-media-type': Status.INVALID_ARGUMENT,
  'payload-too-large': Status.INVALID_ARGUMENT,
  'method-not-allowed': Status.INVALID_ARGUMENT,
} as const satisfies Record<ServiceErrorKind, Status>;

const KIND_BY_STATUS = new Map<Status, ServiceErrorKind>([
  [Status.INVALID_ARGUMENT, 'invalid-argument'],
  [Status.OUT_OF_RANGE, 'invalid-argument'],
  [Status.NOT_FOUND, 'not-found'],
  [Status.FAILED_PRECONDITION, 'failed-precondition'],
  [Status.RESOURCE_EXHAUSTED, 'resource-exhausted'],
  [Status.ABORTED, 'conflict'],
  [Status.ALREADY_EXISTS, 'conflict'],
  [Status.UNAUTHENTICATED, 'unauthenticated'],
  [Status.PERMISSION_DENIED, 'unauthenticated'],
]);

/** Statuses that say "not now": the call may be made again. CANCELLED comes from a server that is stopping. */
const AWAY: ReadonlySet<Status> = new Set([Status.UNAVAILABLE, Status.DEADLINE_EXCEEDED, Status.CANCELLED]);

/** The status of any error an implementation has thrown. Anything unexpected is INTERNAL with a constant text. */
export function grpcStatusOf(error: unknown): GrpcStatus {
  if (error instanceof ServiceError) return { code: GRPC_STATUS[error.kind], details: error.message };
  if (error instanceof Unavailable) return { code: Status.UNAVAILABLE, details: 'a service this depends on is away' };
  return { code: Status.INTERNAL, details: 'internal error' };
}

/**
 * What a caller gets for a status that is not OK: {@link Unavailable} when trying later may help, {@link ServiceError}
 * for an answer that is about the request, {@link RemoteFailure} for anything else.
 */
export function errorOfGrpcStatus(path: string, status: GrpcStatus, cause?: unknown): Error {
  const text = `${path} ${Status[status.code]}: ${status.details}`;
  if (AWAY.has(status.code)) return new Unavailable(text, { cause });
  const kind = KIND_BY_STATUS.get(status.code);
  if (kind === undefined || isTooLargeMessage(status)) return new RemoteFailure(text, { cause });
  return new ServiceError(kind, status.details, { cause });
}

/** grpc-js reports a message above the limit with the status that otherwise means "too many requests". */
function isTooLargeMessage({ code, details }: GrpcStatus): boolean {
  return code === Status.RESOURCE_EXHAUSTED && /larger than max|message with a size/i.test(details);
}
