// The declaration of what the global set-up provides.
import type {} from './global-services.ts';

export { describeWithNats, natsUrl } from './describe-with-nats.ts';
export { dockerAnswers } from './docker.ts';
export { findNatsServer, type NatsServer, startNatsServer } from './nats-server.ts';
export { createTestDatabase, type TestDatabase } from './test-database.ts';
