import { expect, it } from 'vitest';
import { signature, signedHeaders, webhookSecret } from './secret.ts';

const KEY = Buffer.from('a key for tests');
const OF = { subscriptionId: '11111111-1111-4111-8111-111111111111', generation: 1 };

it('signs as the example of the specification', () => {
  // https://github.com/standard-webhooks/standard-webhooks, the libraries' common test vector.
  const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1_614_265_330, body: '{"test": 2432232314}' };
  expect(signature('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', message)).toBe(
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  );
});

it('derives a secret of 256 bits, another for each key, subscription and generation', () => {
  const secrets = [
    webhookSecret(KEY, OF),
    webhookSecret(KEY, { ...OF, generation: 2 }),
    webhookSecret(KEY, { ...OF, subscriptionId: '22222222-1111-4111-8111-111111111111' }),
    webhookSecret(Buffer.from('another'), OF),
  ];
  expect(new Set(secrets).size).toBe(4);
  for (const secret of secrets) expect(Buffer.from(secret.slice('whsec_'.length), 'base64')).toHaveLength(32);
  expect(webhookSecret(KEY, OF)).toBe(secrets[0]);
});

it('has a signature for each secret that is valid', () => {
  const headers = signedHeaders(['whsec_AAAA', 'whsec_BBBB'], { id: 'a', timestamp: 5, body: '{}' });
  expect(headers['webhook-id']).toBe('a');
  expect(headers['webhook-timestamp']).toBe('5');
  expect(headers['webhook-signature']).toMatch(/^v1,\S+ v1,\S+$/);
});
