import { type Migration, platformMigrations } from '@clair/postgres';

/** What was last fetched of each feed and how its runs went. The advisories themselves are the matcher's. */
const INITIAL = `
create table {schema}.feed_status (
  feed text primary key,
  last_attempt_at timestamptz,
  last_success_at timestamptz,
  last_changed_at timestamptz,
  next_run_at timestamptz not null default now(),
  error text not null default '',
  advisories bigint not null default 0,
  rejected_records bigint not null default 0,
  rejections text[] not null default '{}',
  partitions integer not null default 0,
  failed_partitions integer not null default 0,
  fetched_bytes bigint not null default 0,
  seconds double precision not null default 0
);
create table {schema}.partition_state (
  feed text not null,
  name text not null,
  url text not null,
  etag text not null default '',
  last_modified text not null default '',
  content_hash text not null,
  bytes bigint not null,
  advisories bigint not null,
  rejected_records bigint not null,
  fetched_at timestamptz not null default now(),
  primary key (feed, name)
);
`;

/** `changes_taken` is a list of pairs: no key of a document can be mistaken for a word of the language. */
const CHANGE_LOGS = `
alter table {schema}.partition_state
  add column checksum text not null default '',
  add column changes_since text not null default '',
  add column changes_taken jsonb not null default '[]';
`;

/** By record of a document what was sent of it; kept apart from the state, which is read in every run. */
const RECORD_HASHES = `
create table {schema}.record_hashes (
  feed text not null,
  partition text not null,
  content_hash text not null,
  hashes bytea not null,
  primary key (feed, partition),
  foreign key (feed, partition) references {schema}.partition_state (feed, name) on delete cascade
);
alter table {schema}.record_hashes alter column hashes set storage external;
`;

/** The schema `updater`, oldest first. */
export const migrations: readonly Migration[] = [
  ...platformMigrations,
  { id: '0001-updater', sql: INITIAL },
  { id: '0002-change-logs', sql: CHANGE_LOGS },
  { id: '0003-record-hashes', sql: RECORD_HASHES },
];
