import type { CloudEvent } from '@clair/contracts';

/** What became of an event; the runner turns it into an acknowledgement, a delayed redelivery, or a dead letter. */
export type Outcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'retry'; readonly afterMs: number; readonly reason: string }
  | { readonly kind: 'poison'; readonly reason: string };

export interface Subscription {
  /** Stops taking events and resolves when the one in hand has its outcome. */
  stop(): Promise<void>;
}

export interface SubscribeOptions {
  /** Survives restarts; all replicas that give the same name share the events between them. */
  readonly durable: string;
  /** Subjects, `>` and `*` as in NATS: `clair.v1.advisories.changed`. */
  readonly subjects: readonly string[];
  /** Called with one event at a time. A throw counts as `retry`. May see an event more than once. */
  readonly handle: (event: CloudEvent) => Promise<Outcome>;
}

/** Delivers events at least once to every durable subscriber. */
export interface EventBus {
  /** Resolves when the event will survive a crash. Idempotent for one event id. Rejects with {@link Unavailable} when the bus is away. */
  publish(event: CloudEvent): Promise<void>;
  subscribe(options: SubscribeOptions): Promise<Subscription>;
  /** For readiness: whether {@link publish} would be accepted now. */
  healthy(): boolean;
  close(): Promise<void>;
}
