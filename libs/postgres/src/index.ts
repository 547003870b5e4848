export { type ParsedConnstring, readConnstring } from './connstring.ts';
export type {
  CopyRow,
  CopyValue,
  Database,
  Queryable,
  Transaction,
  TransactionOptions,
} from './database.ts';
export { type TableSize, tableSizes } from './database-size.ts';
export { EmbeddedPostgresError } from './embedded/embedded-postgres-error.ts';
export { type EmbeddedPostgres, type EmbeddedPostgresOptions, startEmbeddedPostgres } from './embedded/server.ts';
export { type LeaseOptions, withLease } from './lease.ts';
export type { Log } from './log.ts';
export { MigrationRefused, migrate } from './migrate.ts';
export type { Migration } from './migration.ts';
export { enqueue, firstSeen, type OutboxEvent, pruneInbox } from './outbox.ts';
export { type OutboxRelay, type OutboxRelayOptions, startOutboxRelay } from './outbox-relay.ts';
export { platformMigrations } from './platform-migrations.ts';
export { type DatabaseOptions, openDatabase } from './pooled-database.ts';
export { storableText } from './storable-text.ts';
