import { readFileSync } from 'node:fs';
import { Unavailable } from '@clair/model';
import { Status } from 'nice-grpc-common';
import { describe, expect, it } from 'vitest';
import { errorOfGrpcStatus, GRPC_STATUS, grpcStatusOf } from './grpc-status.ts';
import { HTTP_STATUS, httpProblemOf } from './http-status.ts';
import { RemoteFailure, ServiceError, type ServiceErrorKind } from './service-error.ts';

// Safety: the record is checked to have exactly the kinds as keys.
const KINDS = Object.keys(HTTP_STATUS) as ServiceErrorKind[];

/** Rows of the table under "Errors" of the README: kind, HTTP status, code, gRPC status. */
function documentedKinds(): string[][] {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  return [...readme.matchAll(/^\| `([a-z-]+)` +\| (\d{3}) `([a-z-]+)` +\| ([A-Z_]+) +\|/gm)].map((row) =>
    row.slice(1, 5),
  );
}

describe('the list of errors in the README', () => {
  it('is the list in the code', () => {
    const inCode = KINDS.map((kind) => {
      const { status, code } = HTTP_STATUS[kind];
      return [kind, String(status), code, Status[GRPC_STATUS[kind]]];
    });
    expect(documentedKinds().sort()).toEqual(inCode.sort());
  });
});

describe('httpProblemOf', () => {
  it.each(KINDS)('shows the text of %s', (kind) => {
    const problem = httpProblemOf(new ServiceError(kind, 'because'));
    expect(problem).toMatchObject({ body: { message: 'because' }, ours: false });
  });

  it.each([
    ['Unavailable', new Unavailable('host db-7'), 503],
    ['an error', new Error('secret'), 500],
    ['an error of another service', new RemoteFailure('secret'), 500],
    ['no error at all', 'secret', 500],
    ['an error with a status of ours', Object.assign(new Error('secret'), { statusCode: 502 }), 500],
  ])('shows nothing of %s', (_name, error, status) => {
    const problem = httpProblemOf(error);
    expect(problem.status).toBe(status);
    expect(JSON.stringify(problem)).not.toMatch(/secret|db-7/);
  });
});

describe('gRPC statuses', () => {
  const survives = KINDS.filter((kind) => GRPC_STATUS[kind] !== Status.UNAVAILABLE && HTTP_STATUS[kind].status !== 406);

  it.each(
    survives.filter((kind) => !['unsupported-media-type', 'payload-too-large', 'method-not-allowed'].includes(kind)),
  )('%s comes back as itself', (kind) => {
    const back = errorOfGrpcStatus('/s/M', grpcStatusOf(new ServiceError(kind, 'because')));
    expect(back).toMatchObject({ name: 'ServiceError', kind, message: 'because' });
  });

  it.each([Status.UNAVAILABLE, Status.DEADLINE_EXCEEDED, Status.CANCELLED])('%d is Unavailable', (code) => {
    expect(errorOfGrpcStatus('/s/M', { code, details: '' })).toBeInstanceOf(Unavailable);
  });

  it.each([Status.INTERNAL, Status.UNKNOWN, Status.UNIMPLEMENTED, Status.DATA_LOSS])(
    '%d is a RemoteFailure',
    (code) => {
      expect(errorOfGrpcStatus('/s/M', { code, details: '' })).toBeInstanceOf(RemoteFailure);
    },
  );

  it('keeps unexpected errors to itself', () => {
    expect(grpcStatusOf(new Error('secret'))).toEqual({ code: Status.INTERNAL, details: 'internal error' });
  });
});
