import { createGuard } from '@clair/oci';
import { verifyBearer, webhookIssuer } from '@clair/service-kit';
import { afterEach, expect, it } from 'vitest';
import { type Answer, startReceiver, type WebhookReceiver } from '../testing/webhook-receiver.ts';
import { createWebhookSender, type WebhookSenderOptions } from './webhook-sender.ts';

const ID = '269886f3-0146-5e4b-8b73-000000000001';
const NOW_MS = Date.parse('2026-01-01T00:00:00Z');
const never = new AbortController().signal;

let receiver: WebhookReceiver | undefined;

afterEach(async () => {
  await receiver?.close();
  receiver = undefined;
});

async function send(answer: Answer, options: Partial<WebhookSenderOptions> = {}) {
  receiver = await startReceiver(answer);
  const guard = createGuard({ allowPrivate: true, allowLoopback: true });
  const sender = createWebhookSender({
    target: { url: receiver.url, callback: 'http://clair/notifier/api/v1/notification', headers: {} },
    signingKey: undefined,
    guard,
    clock: () => NOW_MS,
    timeoutMs: 400,
    ...options,
  });
  const result = await sender(ID, never);
  await guard.close();
  return result;
}

it.each<[string, Answer, object]>([
  ['204', (response) => response.writeHead(204).end(), { kind: 'answered', status: 204 }],
  ['500', (response) => response.writeHead(500).end('oh'), { kind: 'answered', status: 500 }],
  ['410', (response) => response.writeHead(410).end(), { kind: 'answered', status: 410 }],
  [
    'a redirect, not followed',
    (response) => response.writeHead(307, { location: '/elsewhere' }).end(),
    { kind: 'answered', status: 307 },
  ],
  [
    'Retry-After in seconds',
    (response) => response.writeHead(503, { 'retry-after': '120' }).end(),
    { kind: 'answered', status: 503, retryAfterMs: 120_000 },
  ],
  [
    'Retry-After as a date',
    (response) => response.writeHead(429, { 'retry-after': 'Thu, 01 Jan 2026 00:01:00 GMT' }).end(),
    { kind: 'answered', status: 429, retryAfterMs: 60_000 },
  ],
  ['no answer', () => undefined, { kind: 'failed', reason: 'the receiver did not answer within 0.4 s' }],
  [
    'a connection that breaks',
    (response) => response.destroy(),
    { kind: 'failed', reason: 'the receiver could not be reached: UND_ERR_SOCKET' },
  ],
  [
    'an answer whose body never ends',
    (response) => response.writeHead(200).write('…'),
    { kind: 'answered', status: 200 },
  ],
  [
    'an answer with a body too long',
    (response) => response.writeHead(200).end(Buffer.alloc(1_000_000)),
    { kind: 'answered', status: 200 },
  ],
])('reports %s', async (_, answer, expected) => {
  expect(await send(answer)).toMatchObject(expected);
  expect(receiver?.posts).toHaveLength(1);
});

it('posts what Clair posts, with the headers of the operator', async () => {
  await send((response) => response.writeHead(200).end(), {
    target: {
      url: `http://127.0.0.1:1/`,
      callback: '',
      headers: {},
    },
  }).then((refused) => expect(refused).toMatchObject({ kind: 'failed' }));
  const url = receiver?.url ?? '';
  const guard = createGuard({ allowPrivate: true, allowLoopback: true });
  const signingKey = Buffer.from('a key for tests');
  const sender = createWebhookSender({
    target: {
      url,
      callback: 'http://clair/n',
      headers: { 'X-Tenant': ['a', 'b'], 'Content-Type': ['text/plain'], Authorization: ['Basic no'] },
    },
    signingKey,
    guard,
    clock: () => NOW_MS,
  });
  await sender(ID, never);
  await guard.close();
  const post = receiver?.posts[0];
  expect(post).toMatchObject({ method: 'POST', url: '/hook?tenant=1' });
  expect(post?.headers).toMatchObject({ 'content-type': 'application/json', 'x-tenant': 'a, b' });
  expect(JSON.parse(post?.body ?? '')).toEqual({ notification_id: ID, callback: `http://clair/n/${ID}` });
  const verified = await verifyBearer(post?.headers.authorization, {
    keys: [signingKey],
    issuers: [webhookIssuer],
    nowMs: NOW_MS,
  });
  expect(verified).toEqual({ ok: true, value: { issuer: webhookIssuer } });
});

it.each([
  ['http://169.254.169.254/latest', true],
  ['http://[fe80::1]/', true],
  ['http://metadata.google.internal/', true],
  ['http://127.0.0.1:1/', false],
  ['http://localhost:1/', false],
])('never asks %s', async (url, allow) => {
  const guard = createGuard({ allowPrivate: allow, allowLoopback: allow });
  const target = { url, callback: 'http://clair/n', headers: {} };
  const sender = createWebhookSender({ target, signingKey: undefined, guard, clock: () => NOW_MS, timeoutMs: 2000 });
  const result = await sender(ID, never);
  await guard.close();
  expect(result.kind === 'failed' && result.reason).toMatch(/never reached|may not reach/);
});

it('says nothing of the address or the secrets when nobody listens', async () => {
  const guard = createGuard({ allowPrivate: true, allowLoopback: true });
  const target = {
    url: 'http://user:hunter2@127.0.0.1:1/secret',
    callback: 'http://clair/n',
    headers: { 'x-api-key': ['hunter2'] },
  };
  const sender = createWebhookSender({ target, signingKey: undefined, guard, clock: () => NOW_MS });
  expect(await sender(ID, never)).toEqual({
    kind: 'failed',
    reason: 'the receiver could not be reached: ECONNREFUSED',
  });
  await guard.close();
});
