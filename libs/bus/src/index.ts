export type { EventBus, Outcome, SubscribeOptions, Subscription } from './bus.ts';
export type { BusLog } from './bus-log.ts';
export type { DeadLetter, DeadLetterBus, DeadLetterFilter } from './dead-letter.ts';
export { createInProcessBus, type InProcessBus, type InProcessBusOptions } from './in-process-bus.ts';
export { connectJetStream, type JetStreamOptions } from './jetstream-bus.ts';
export type { StreamLimits } from './jetstream-streams.ts';
export type { NatsCredentials, NatsTls } from './nats-connection.ts';
export { DEFAULT_REDELIVERY, type RedeliveryPolicy } from './redelivery.ts';
