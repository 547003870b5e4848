import type { Migration } from './migration.ts';

/** The tables behind {@link withLease}, {@link enqueue} and {@link firstSeen}. Every service's list of migrations starts with them. */
export const platformMigrations: readonly Migration[] = [
  {
    id: 'p001-lease',
    sql: `
      create table {schema}.lease (
        name text primary key,
        holder text not null,
        token uuid not null,
        acquired_at timestamptz not null,
        expires_at timestamptz not null
      ) with (fillfactor = 50);
      comment on table {schema}.lease is 'Who may do what only one may do, until when by the clock of the database.';
    `,
  },
  {
    id: 'p002-outbox',
    sql: `
      create table {schema}.outbox (
        seq bigint generated always as identity primary key,
        id text not null unique,
        subject text not null,
        body json not null,
        created_at timestamptz not null default now()
      );
      comment on table {schema}.outbox is 'Events written with the state that they announce; a row is deleted when it is published.';
    `,
  },
  {
    id: 'p003-inbox',
    sql: `
      create table {schema}.inbox (
        event_id text not null,
        subscriber text not null,
        received_at timestamptz not null default now(),
        primary key (event_id, subscriber)
      );
      create index inbox_received_at on {schema}.inbox (received_at);
      comment on table {schema}.inbox is 'Events that a subscriber has dealt with, so that a redelivery changes nothing.';
    `,
  },
];
