import { Unavailable } from '@clair/model';
import { RemoteFailure, ServiceError, type ServiceErrorKind } from './service-error.ts';

/** Clair's error document. `code` is a slug that programs may compare, `message` is for people. */
export interface ErrorBody {
  readonly code: string;
  readonly message: string;
}

/** How an error is answered over HTTP. */
export interface HttpProblem {
  readonly status: number;
  readonly body: ErrorBody;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether the error is ours to mend, so that it belongs in the log with its stack. */
  readonly ours: boolean;
}

/** The status and slug of every kind. The first five slugs and their statuses are Clair's. */
export const HTTP_STATUS = {
  'invalid-argument': { status: 400, code: 'bad-request' },
  'not-found': { status: 404, code: 'not-found' },
  'method-not-allowed': { status: 405, code: 'method-not-allowed' },
  'resource-exhausted': { status: 429, code: 'too-many-requests' },
  'failed-precondition': { status: 422, code: 'failed-precondition' },
  conflict: { status: 409, code: 'conflict' },
  unavailable: { status: 503, code: 'unavailable' },
  unauthenticated: { status: 401, code: 'unauthorized' },
  'not-acceptable': { status: 406, code: 'not-acceptable' },
  'unsupported-media-type': { status: 415, code: 'unsupported-media-type' },
  'payload-too-large': { status: 413, code: 'payload-too-large' },
} as const satisfies Record<ServiceErrorKind, { status: number; code: string }>;

const RETRY_AFTER_SECONDS: Partial<Record<ServiceErrorKind, string>> = { unavailable: '5', 'resource-exhausted': '1' };

const CODE_BY_STATUS = new Map<number, string>(Object.values(HTTP_STATUS).map(({ status, code }) => [status, code]));

/** The answer to any error that a handler, or the HTTP framework, has thrown. Never shows the text of an error of ours. */
export function httpProblemOf(error: unknown): HttpProblem {
  if (error instanceof ServiceError) return problemOfKind(error.kind, error.message);
  if (error instanceof Unavailable) return problemOfKind('unavailable', 'a service this answer depends on is away');
  if (!(error instanceof RemoteFailure)) {
    const refused = refusedByFramework(error);
    if (refused !== undefined) return refused;
  }
  return {
    status: 500,
    body: { code: 'internal-error', message: 'internal error' },
    headers: {},
    ours: true,
  };
}

function problemOfKind(kind: ServiceErrorKind, message: string): HttpProblem {
  const { status, code } = HTTP_STATUS[kind];
  const retryAfter = RETRY_AFTER_SECONDS[kind];
  return {
    status,
    body: { code, message },
    headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter },
    ours: false,
  };
}

/** Fastify marks what it refuses itself (bad JSON, too large a body, a schema not met) with a 4xx `statusCode`. */
function refusedByFramework(error: unknown): HttpProblem | undefined {
  if (!(error instanceof Error) || !('statusCode' in error) || typeof error.statusCode !== 'number') return undefined;
  const status = error.statusCode;
  if (status < 400 || status > 499) return undefined;
  return {
    status,
    body: { code: CODE_BY_STATUS.get(status) ?? 'bad-request', message: error.message },
    headers: {},
    ours: false,
  };
}
