import { describe, expect, it } from 'vitest';
import { type WebhookTarget, webhookRequest } from './webhook-request.ts';

const ID = '269886f3-0146-8e4b-8b73-000000000001';
const target = (fields: Partial<WebhookTarget> = {}): WebhookTarget => ({
  url: 'https://quay.example/secscan/notification?x=1',
  callback: 'http://clair/notifier/api/v1/notification/',
  headers: {},
  ...fields,
});

describe('body', () => {
  it.each(['http://clair/notifier/api/v1/notification', 'http://clair/notifier/api/v1/notification/'])(
    'has the id under the callback %s',
    (callback) => {
      const { body } = webhookRequest(target({ callback }), ID, undefined);
      expect(body).toBe(`{"notification_id":"${ID}","callback":"http://clair/notifier/api/v1/notification/${ID}"}`);
    },
  );
});

describe('headers', () => {
  it.each<[string, Partial<WebhookTarget>, string | undefined, object]>([
    ['none', {}, undefined, { 'content-type': 'application/json' }],
    [
      'the operator’s, in lower case',
      { headers: { 'X-Tenant': ['a', 'b'] } },
      undefined,
      { 'content-type': 'application/json', 'x-tenant': ['a', 'b'] },
    ],
    [
      'not those that are ours',
      { headers: { 'Content-Type': ['text/plain'], 'Content-Length': ['1'], 'Transfer-Encoding': ['chunked'] } },
      undefined,
      { 'content-type': 'application/json' },
    ],
    [
      'the operator’s authorization without a key',
      { headers: { Authorization: ['Basic x'] } },
      undefined,
      { 'content-type': 'application/json', authorization: ['Basic x'] },
    ],
    [
      'the token before any other authorization',
      { headers: { AUTHORIZATION: ['Basic x'] }, url: 'http://u:p@h/' },
      'jwt',
      { 'content-type': 'application/json', authorization: 'Bearer jwt' },
    ],
    [
      'the user of the URL',
      { url: 'http://u:p%40ss@h/' },
      undefined,
      { 'content-type': 'application/json', authorization: `Basic ${Buffer.from('u:p@ss').toString('base64')}` },
    ],
    [
      'the user of the URL, with a stray % and letters beyond ASCII',
      { url: 'http://50%:p%zz%C3%A9@h/' },
      undefined,
      { 'content-type': 'application/json', authorization: `Basic ${Buffer.from('50%:p%zzé').toString('base64')}` },
    ],
  ])('%s', (_, fields, token, expected) => {
    expect(webhookRequest(target(fields), ID, token).headers).toEqual(expected);
  });
});

it('keeps the query and drops the user of the URL', () => {
  const { url } = webhookRequest(target({ url: 'http://u:p@h:81/a?b=c' }), ID, undefined);
  expect(url.href).toBe('http://h:81/a?b=c');
});
