import { Readable } from 'node:stream';
import { type HttpServer, ifNoneMatch, negotiate, ServiceError } from '@clair/service-kit';
import { Type } from 'typebox';
import type { MatcherDeps } from '../matcher-deps.ts';
import { operationRef } from '../operation-ref.ts';
import { operationV1 } from '../report/operation-v1.ts';
import { deleteOperation, findOperation, listOperations, type StoredOperation } from '../store/operations.ts';
import { diffBody } from './diff-body.ts';

const OPERATIONS = '/matcher/api/v1/internal/update_operation';

/** Clair's internal routes about update operations. The notifier of a Clair, and tools that compare states, use them. */
export function registerOperationsV1(server: HttpServer, deps: MatcherDeps): void {
  registerList(server, deps);
  registerDelete(server, deps);
  registerDiff(server, deps);
}

function registerList(server: HttpServer, deps: MatcherDeps): void {
  const schema = {
    tags: ['matcher'],
    summary: 'List update operations by feed, newest first',
    querystring: Type.Object({ kind: Type.Optional(Type.String()), latest: Type.Optional(Type.String()) }),
    answers: {
      200: { description: 'The operations of each feed.', types: ['application/json'] },
      304: '`If-None-Match` names the newest.',
      errors: [400, 415],
    },
  } as const;
  server.get(OPERATIONS, { schema }, async (request, reply) => {
    negotiate(request, ['application/json']);
    const { kind = 'vulnerability', latest } = request.query;
    if (kind !== 'vulnerability' && kind !== 'enrichment') {
      throw new ServiceError('invalid-argument', `unknown kind: ${JSON.stringify(kind.slice(0, 100))}`);
    }
    const listed = await listOperations(deps.db, { latest: readFlag('latest', latest), includeDeleted: false });
    const operations = listed.filter((operation) => operation.kind === kind);
    const newest = operations[0];
    if (newest !== undefined) {
      reply.header('etag', `"${newest.ref}"`);
      if (ifNoneMatch(request, `"${newest.ref}"`)) return reply.code(304).send();
    }
    const byFeed = Map.groupBy(operations, ({ feed }) => feed);
    const body = Object.fromEntries([...byFeed].map(([feed, ofFeed]) => [feed, ofFeed.map(operationV1)]));
    return reply.type('application/json').send(JSON.stringify(body));
  });
}

function registerDelete(server: HttpServer, deps: MatcherDeps): void {
  const schema = {
    tags: ['matcher'],
    summary: 'Delete an update operation',
    params: Type.Object({ ref: Type.String() }),
    answers: { 200: 'It is not listed, any more or at all.', errors: [400] },
  } as const;
  server.delete(`${OPERATIONS}/:ref`, { schema }, async (request, reply) => {
    await deleteOperation(deps.db, operationRef(request.params.ref));
    return reply.code(200).send();
  });
}

function registerDiff(server: HttpServer, deps: MatcherDeps): void {
  const schema = {
    tags: ['matcher'],
    summary: 'What changed from one update operation of a feed to another',
    querystring: Type.Object({ cur: Type.Optional(Type.String()), prev: Type.Optional(Type.String()) }),
    answers: {
      200: { description: 'What was added and what was removed.', types: ['application/json'] },
      errors: [400, 404, 415],
    },
  } as const;
  server.get('/matcher/api/v1/internal/update_diff', { schema }, async (request, reply) => {
    negotiate(request, ['application/json']);
    const { cur, prev = '' } = request.query;
    if (cur === undefined || cur === '') throw new ServiceError('invalid-argument', 'the parameter cur is missing');
    const current = await operationOf(deps, cur);
    const previous = prev === '' ? undefined : await operationOf(deps, prev);
    if (previous !== undefined && previous.feed !== current.feed) {
      throw new ServiceError('invalid-argument', 'cur and prev are operations of different feeds');
    }
    const body = await diffBody(deps.db, previous, current);
    return reply.type('application/json').send(Readable.from(body));
  });
}

async function operationOf(deps: MatcherDeps, text: string): Promise<StoredOperation> {
  const ref = operationRef(text);
  const operation = await findOperation(deps.db, ref);
  if (operation === undefined) throw new ServiceError('not-found', `there is no update operation ${ref}`);
  return operation;
}

/** As Go's `strconv.ParseBool`, which Clair uses; absent is false. */
function readFlag(name: string, text: string | undefined): boolean {
  if (text === undefined || /^(0|f|F|false|FALSE|False)$/.test(text)) return false;
  if (/^(1|t|T|true|TRUE|True)$/.test(text)) return true;
  throw new ServiceError('invalid-argument', `${name} must be true or false`);
}
