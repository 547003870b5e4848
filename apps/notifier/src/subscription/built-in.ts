import type { WireSubscription } from '@clair/contracts';
import type { ClairConfig } from '@clair/service-kit';
import { NIL_UUID } from '../uuid.ts';

/** No other subscription may have it: it would be taken for the webhook of the configuration. */
export const BUILT_IN_NAME = 'notifier.webhook';

/** Clair's webhook as the list of subscriptions shows it: of its address the origin only, since the rest may be a secret. */
export function builtInSubscription({ webhook }: ClairConfig['notifier']): WireSubscription | undefined {
  if (webhook === undefined) return undefined;
  return {
    id: NIL_UUID,
    name: BUILT_IN_NAME,
    target: { target: { $case: 'webhookUrl', value: new URL(webhook.target).origin } },
    filter: {
      kinds: ['added', 'removed'],
      minSeverity: '',
      fixableOnly: false,
      package: '',
      namespace: '',
      labels: {},
      epssThreshold: 0,
    },
    digest: undefined,
    disabled: false,
    disabledReason: '',
    createdAt: '',
    builtIn: true,
  };
}
