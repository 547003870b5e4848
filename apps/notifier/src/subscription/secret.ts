import { createHmac } from 'node:crypto';

/** What a webhook secret derives from. The same in every replica, and never in the database. */
export interface SecretOf {
  readonly subscriptionId: string;
  /** Counts the rotations, from 1. */
  readonly generation: number;
}

function secretBytes(signingKey: Uint8Array, { subscriptionId, generation }: SecretOf): Buffer {
  return createHmac('sha256', signingKey).update(`clair subscription ${subscriptionId} ${generation}`).digest();
}

/** As a receiver is told it: `whsec_` and base64. */
export function webhookSecret(signingKey: Uint8Array, of: SecretOf): string {
  return `whsec_${secretBytes(signingKey, of).toString('base64')}`;
}

export interface SignedMessage {
  readonly id: string;
  /** Seconds since the epoch: when the attempt is made. */
  readonly timestamp: number;
  readonly body: string;
}

/** One signature of the Standard Webhooks scheme `v1`; `secret` is `whsec_` and base64. */
export function signature(secret: string, { id, timestamp, body }: SignedMessage): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

/**
 * The headers of a post. It is signed with every secret that is valid, so that a receiver that has either of two goes on.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function signedHeaders(secrets: readonly string[], message: SignedMessage): Readonly<Record<string, string>> {
  return {
    'webhook-id': message.id,
    'webhook-timestamp': String(message.timestamp),
    'webhook-signature': secrets.map((secret) => signature(secret, message)).join(' '),
  };
}
