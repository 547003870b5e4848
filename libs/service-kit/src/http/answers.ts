import type { ErrorBody } from '../errors/http-status.ts';

declare module 'fastify' {
  interface FastifySchema {
    /** What the route answers, for the description of the API only: nothing is serialised by it, unlike `response`. */
    answers?: RouteAnswers;
    /** No body is an empty object, as all of its members are optional. */
    optionalBody?: boolean;
  }
}

/**
 * An answer in words. It has no body, unless `response` has a schema for its status. With `types`, it has a body of those
 * media types that the handler writes itself, as the v1 routes do, whose bytes are Clair's.
 */
export type DescribedAnswer = string | { readonly description: string; readonly types: readonly string[] };

/** By status: every one that is no error of {@link ErrorBody}'s shape. */
export interface RouteAnswers {
  readonly [status: number]: DescribedAnswer;
  /** Beside those that any route may answer: 401, 500 and 503. */
  readonly errors?: readonly RouteError[];
}

export type RouteError = 400 | 404 | 409 | 413 | 415 | 422 | 429;

/** The id of the schema of all errors. */
const ERROR = 'Error';

/** The shape of {@link ErrorBody}. */
export const errorSchema = {
  $id: ERROR,
  type: 'object',
  description: 'What went wrong.',
  required: ['code', 'message'],
  properties: {
    code: { type: 'string', description: 'For programs to compare.' },
    message: { type: 'string', description: 'A sentence for a person; it may change.' },
  } satisfies Record<keyof ErrorBody, object>,
} as const;

const ANY_ROUTE = [401, 500, 503] as const;

const MEANINGS: Readonly<Record<RouteError | (typeof ANY_ROUTE)[number], string>> = {
  400: 'The request is not well-formed, or says what cannot be.',
  401: 'A token is wanted, and there is none that is accepted.',
  404: 'What the path or the request names is not known.',
  409: 'It is in the way of something else; the message says of what.',
  413: 'The body is too large.',
  415: 'The Accept header has none of the media types there are.',
  422: 'The request is well-formed, and cannot be done as things are; the message says why.',
  429: 'Too many requests are running; Retry-After says when to come back.',
  500: 'An error of the service, which is in its log.',
  503: 'A database or a service that the answer depends on is away; Retry-After says when to come back.',
};

interface RouteSchema {
  readonly answers?: RouteAnswers;
  readonly response?: unknown;
}

/** The responses of a route for the OpenAPI document: those that are serialised by a schema, and those that are described. */
export function responsesOf({ answers = {}, response }: RouteSchema): Record<string, object> {
  const { errors = [], ...described } = answers;
  const serialised = new Map(Object.entries(Object(response)));
  const responses: [string, object][] = Object.entries(described).map(([status, answer]) => [
    status,
    toResponse(answer, serialised.get(status)),
  ]);
  const undescribed = [...serialised].filter(([status]) => !(status in described));
  const failures = [...errors, ...ANY_ROUTE].map((status) => [String(status), toError(MEANINGS[status])] as const);
  return Object.fromEntries([
    ...responses,
    ...undescribed.map(([status, schema]) => [status, Object(schema)]),
    ...failures,
  ]);
}

function toResponse(answer: DescribedAnswer, schema: unknown): object {
  if (typeof answer !== 'string') return bodyOf(answer.description, answer.types, {});
  if (schema === undefined || Reflect.get(Object(schema), 'type') === 'null')
    return { description: answer, type: 'null' };
  return bodyOf(answer, ['application/json'], Object(schema));
}

function toError(description: string): object {
  return bodyOf(description, ['application/json'], { $ref: `${ERROR}#` });
}

function bodyOf(description: string, types: readonly string[], schema: object): object {
  return { description, content: Object.fromEntries(types.map((type) => [type, { schema }])) };
}
