import { Type } from 'typebox';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readConfigValue } from '../config/read-config.ts';
import { createLogger } from '../logging/logger.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { createHttpServer, type HttpServer } from './http-server.ts';

const REPORT = 'application/vnd.clair.report.v1+json';

let server: HttpServer;

beforeAll(async () => {
  const reading = readConfigValue({});
  if (!reading.ok) throw new Error(JSON.stringify(reading.error));
  const log = createLogger({ level: 'fatal', name: 'test' });
  server = await createHttpServer({
    config: reading.value.config,
    log,
    metrics: createMetrics({ processMetrics: false }),
  });
  const bytes = {
    answers: { 201: { description: 'The report', types: [REPORT] }, 202: 'Begun', 412: 'Known', errors: [400] },
  } as const;
  server.post('/bytes', { schema: bytes }, async (_request, reply) =>
    reply.code(201).type(REPORT).send(Buffer.from('{"b":1, "a":[]}')),
  );
  const serialised = {
    response: { 200: Type.Object({ a: Type.Integer() }), 304: Type.Null() },
    answers: { 200: 'The number', 304: 'The same' },
  };
  const optional = { body: Type.Object({ a: Type.Optional(Type.Integer()) }), optionalBody: true };
  server.post('/optional', { schema: optional }, async (request) => request.body);
  server.get('/serialised', { schema: serialised }, async () => ({ a: 1, b: 2 }));
});

afterAll(() => server.close());

async function answersOf(path: string, method: string): Promise<Record<string, unknown>> {
  const { paths } = (await server.inject({ url: '/openapi/v1' })).json();
  return paths[path][method].responses;
}

const error = { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } };

it('describes what a handler writes itself, and leaves its bytes alone', async () => {
  const answers = await answersOf('/bytes', 'post');
  expect(answers).toMatchObject({
    201: { description: 'The report', content: { [REPORT]: {} } },
    400: { content: error },
    401: { content: error },
    500: { content: error },
    503: { content: error },
  });
  expect(answers['202']).toEqual({ description: 'Begun' });
  expect(answers['412']).toEqual({ description: 'Known' });
  expect(Object.keys(answers)).toEqual(['201', '202', '400', '401', '412', '500', '503']);
  const answer = await server.inject({ method: 'POST', url: '/bytes', payload: '{}' });
  expect([answer.headers['content-type'], answer.body]).toEqual([REPORT, '{"b":1, "a":[]}']);
});

it('describes what is serialised by its schema', async () => {
  expect(await answersOf('/serialised', 'get')).toMatchObject({
    200: {
      description: 'The number',
      content: { 'application/json': { schema: { type: 'object', properties: { a: { type: 'integer' } } } } },
    },
    304: { description: 'The same' },
  });
  expect((await server.inject({ url: '/serialised' })).json()).toEqual({ a: 1 });
});

it('has the shape of errors once', async () => {
  const { components } = (await server.inject({ url: '/openapi/v1' })).json();
  expect(components.schemas.Error).toMatchObject({ type: 'object', required: ['code', 'message'] });
});

it('takes no body for an empty one where all members are optional', async () => {
  const { paths } = (await server.inject({ url: '/openapi/v1' })).json();
  expect(paths['/optional'].post.requestBody.required).toBe(false);
  const post = (payload?: string) => server.inject({ method: 'POST', url: '/optional', ...(payload && { payload }) });
  expect((await post()).json()).toEqual({});
  expect((await post('{"a":1}')).json()).toEqual({ a: 1 });
  for (const payload of ['null', '[]', '{"a":"x"}']) expect((await post(payload)).statusCode).toBe(400);
});
