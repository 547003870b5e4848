import { type Migration, platformMigrations } from '@clair/postgres';

/*
 * progress        one row: how far the operations of the matcher are notified
 * staged_*        the work of the one run in hand; cleared when it commits and before the next begins. Logged tables on
 *                 purpose: an unlogged one is empty after a crash of the server, and the run would commit "nothing changed".
 * notification_set, notification, vulnerability     what receivers page through; all ids derive from content
 * delivery        one set to one target
 */
const NOTIFIER_TABLES = `
create function {schema}.content_uuid(content text) returns uuid
  language sql immutable strict parallel safe
as $$
  -- RFC 9562 section 5.8: version 8, the bits are ours.
  select (substr(h, 1, 12) || '8' || substr(h, 14, 3) || substr('89ab', ((get_byte(d, 8) >> 4) & 3) + 1, 1) || substr(h, 18, 15))::uuid
  from (select d, encode(d, 'hex') as h from (select sha256(convert_to(content, 'UTF8')) as d) as digest) as hex
$$;

create table {schema}.progress (
  only_row boolean primary key default true check (only_row),
  notified bigint,
  newest bigint not null default 0,
  seen bigint not null default 0,
  run uuid
);
insert into {schema}.progress default values;

create table {schema}.staged_change (
  run uuid not null,
  ref bigint not null,
  change text not null check (change in ('added', 'removed')),
  feed text not null,
  key text collate "C" not null,
  rule text not null,
  severity_rank smallint not null,
  summary_hash text not null,
  summary jsonb not null,
  affected bytea not null,
  primary key (run, ref)
);

create table {schema}.staged_manifest (
  run uuid not null,
  ref bigint not null,
  manifest text not null,
  certainty smallint not null check (certainty in (1, 2)),
  package_version text not null,
  package_arch text not null
);

create table {schema}.staged_notification (
  run uuid not null,
  feed text not null,
  manifest text not null,
  reason text not null,
  key text not null,
  certainty smallint not null,
  package_version text not null,
  package_arch text not null,
  summary_hash text not null,
  summary_ref bigint not null
);

create table {schema}.notification_set (
  id uuid primary key,
  feed text not null,
  after_operation bigint not null,
  through_operation bigint not null,
  notifications bigint not null,
  created_at timestamptz not null,
  deleted_at timestamptz
);
create index notification_set_created_at on {schema}.notification_set (created_at);

create table {schema}.vulnerability (
  set_id uuid not null references {schema}.notification_set,
  summary_hash text not null,
  summary jsonb not null,
  primary key (set_id, summary_hash)
);

create table {schema}.notification (
  set_id uuid not null references {schema}.notification_set,
  id uuid not null,
  manifest text not null,
  reason text not null check (reason in ('added', 'removed')),
  certainty smallint not null check (certainty in (1, 2)),
  package_version text not null,
  package_arch text not null,
  summary_hash text not null,
  primary key (set_id, id)
);

create table {schema}.delivery (
  id uuid primary key,
  set_id uuid not null references {schema}.notification_set,
  target text not null check (target in ('webhook', 'nats')),
  state text not null check (state in ('pending', 'delivered', 'dead')),
  attempts integer not null default 0,
  next_attempt_at timestamptz not null,
  claim uuid,
  claimed_until timestamptz,
  last_error text not null default '',
  created_at timestamptz not null,
  finished_at timestamptz
);
create index delivery_pending on {schema}.delivery (target, next_attempt_at) where state = 'pending';
create index delivery_set on {schema}.delivery (set_id);
create index delivery_created_at on {schema}.delivery (created_at);
`;

/** The whole schema of the notifier, in order; forward only. */
export const migrations: readonly Migration[] = [...platformMigrations, { id: '0001-notifier', sql: NOTIFIER_TABLES }];
