import type { AddressGuard } from '@clair/oci';
import { mintToken, webhookIssuer } from '@clair/service-kit';
import type { AttemptResult } from './outcome.ts';
import { postOnce } from './post.ts';
import { type WebhookTarget, webhookRequest } from './webhook-request.ts';

export interface WebhookSenderOptions {
  readonly target: WebhookTarget;
  /** Signs every post when present. */
  readonly signingKey: Uint8Array | undefined;
  readonly guard: AddressGuard;
  readonly clock: () => number;
  readonly timeoutMs?: number;
}

/** Posts to the webhook of the configuration, as Clair does. */
export function createWebhookSender(
  options: WebhookSenderOptions,
): (setId: string, signal: AbortSignal) => Promise<AttemptResult> {
  const { target, signingKey, guard, clock, timeoutMs } = options;
  return async (setId, signal) => {
    const sign = signingKey && mintToken({ key: signingKey, issuer: webhookIssuer, nowMs: clock() });
    const request = webhookRequest(target, setId, await sign);
    return postOnce(request, { guard, signal, nowMs: clock(), timeoutMs });
  };
}
