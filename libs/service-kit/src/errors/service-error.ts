/** What kind of trouble a {@link ServiceError} is; kebab-case, never reused for another meaning. Listed in README.md. */
export type ServiceErrorKind =
  | 'invalid-argument'
  | 'not-found'
  | 'failed-precondition'
  | 'resource-exhausted'
  | 'conflict'
  | 'unavailable'
  | 'unauthenticated'
  | 'not-acceptable'
  | 'unsupported-media-type'
  | 'payload-too-large'
  | 'method-not-allowed';

/**
 * An answer other than success that the caller may see: `message` goes over the wire as it is, `cause` stays in the
 * log. Thrown by handlers only; the gRPC and HTTP servers turn it into their status in one place each.
 */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly kind: ServiceErrorKind;

  constructor(kind: ServiceErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/**
 * Another service answered with a failure that is its own (a bug, or an incompatible version). Trying again does not
 * help, and the text is for the log: a server that meets it answers 500 or INTERNAL.
 */
export class RemoteFailure extends Error {
  override readonly name = 'RemoteFailure';
}
