import type { EventBus } from '@clair/bus';
import type { CloudEvent } from '@clair/contracts';

/** A bus that keeps what is published and has no subscribers. */
export function recordingBus(): EventBus & { readonly published: CloudEvent[] } {
  const published: CloudEvent[] = [];
  return {
    published,
    publish: async (event) => {
      published.push(event);
    },
    subscribe: async () => ({ stop: async () => undefined }),
    healthy: () => true,
    close: async () => undefined,
  };
}
