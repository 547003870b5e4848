import { type Migration, platformMigrations } from '@clair/postgres';

/**
 * `layer_scan.report` and `manifest.report` are zstd-compressed JSON documents: one row a layer, not a row a package.
 * `inventory.package_ids` is sorted and distinct, so images with the same packages share a row; its GIN index is the
 * reverse index "which manifests hold package P" (design section 4: 10 bytes an entry against 109 for a row).
 * `package.id` is `integer` for that array's sake; two thousand million distinct package-versions are enough.
 */
const INITIAL = `
create table {schema}.layer (
  id integer generated always as identity primary key,
  digest text not null unique
);
create table {schema}.layer_scan (
  layer_id integer not null references {schema}.layer on delete cascade,
  index_state text not null,
  report bytea not null,
  blob_bytes bigint not null,
  scanned_at timestamptz not null default now(),
  primary key (layer_id, index_state)
);
create table {schema}.package (
  id integer generated always as identity primary key,
  hash bytea not null unique,
  name text not null,
  version text not null,
  type text not null,
  scheme text not null,
  namespace text not null,
  arch text not null,
  module text not null,
  source_name text not null,
  source_version text not null
);
create index package_name on {schema}.package (namespace, name);
create index package_source_name on {schema}.package (namespace, source_name);
create table {schema}.inventory (
  id integer generated always as identity primary key,
  hash bytea not null unique,
  package_ids integer[] not null
);
create index inventory_package_ids on {schema}.inventory using gin (package_ids) with (fastupdate = off);
create table {schema}.manifest (
  id integer generated always as identity primary key,
  digest text not null unique,
  state text not null,
  err text not null default '',
  index_state text not null,
  inventory_id integer references {schema}.inventory,
  inventory_hash text not null default '',
  report bytea,
  created_at timestamptz not null default now(),
  changed_at timestamptz not null default now()
);
create index manifest_inventory on {schema}.manifest (inventory_id);
create table {schema}.manifest_layer (
  manifest_id integer not null references {schema}.manifest on delete cascade,
  position integer not null,
  layer_id integer not null references {schema}.layer,
  primary key (manifest_id, position)
);
create index manifest_layer_layer on {schema}.manifest_layer (layer_id);
`;

/** Counts the reports a manifest has had, so that the events of two of them are two events. */
const REVISION = `
alter table {schema}.manifest add column revision integer not null default 1;
`;

/**
 * A name may have 1,024 characters of up to four bytes; an index entry holds 2,704 bytes. The first 200 characters tell
 * packages apart well enough to find them, and the query compares the whole name.
 */
const LONG_NAMES = `
drop index {schema}.package_name;
drop index {schema}.package_source_name;
create index package_name on {schema}.package (namespace, left(name, 200));
create index package_source_name on {schema}.package (namespace, left(source_name, 200));
`;

/** Lines of CPEs: lists of differing lengths cannot be the columns of one `unnest`. Empty for all but Red Hat's packages. */
const PRODUCTS = `
alter table {schema}.package add column cpes text not null default '';
`;

/** The distribution's package that a language's package belongs to. */
const OWNERS = `
alter table {schema}.package add column owner text not null default '';
`;

/**
 * The name under which advisories and packages meet (of `Newtonsoft.Json` the one in lower case), which is what is looked for. Rows
 * from before packages of languages have their own.
 */
const LOOKUP_NAMES = `
alter table {schema}.package add column lookup_name text not null default '';
update {schema}.package set lookup_name = name;
drop index {schema}.package_name;
create index package_lookup_name on {schema}.package (namespace, left(lookup_name, 200));
`;

/** By name a list of values, sorted. */
const LABELS = `
alter table {schema}.manifest add column labels jsonb not null default '{}';
`;

/** The schema `indexer`, oldest first. */
export const migrations: readonly Migration[] = [
  ...platformMigrations,
  { id: '0001-indexer', sql: INITIAL },
  { id: '0002-manifest-revision', sql: REVISION },
  { id: '0003-long-names', sql: LONG_NAMES },
  { id: '0004-products', sql: PRODUCTS },
  { id: '0005-owners', sql: OWNERS },
  { id: '0006-lookup-names', sql: LOOKUP_NAMES },
  { id: '0007-labels', sql: LABELS },
];
