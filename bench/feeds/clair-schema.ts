import type { Transaction } from '@clair/postgres';
import { DISTRIBUTIONS } from '@clair/scanners';

/**
 * The part of Clair v4's matcher schema that holds advisories (migrations 01 to 20 of ClairCore), and its indexes. Without aliases,
 * enrichments and status rows, which would be added to it.
 */
const TABLES = `
drop schema if exists clair4 cascade;
create schema clair4;
set local search_path to clair4;
create type VersionRange as range (subtype = int[]);
create table update_operation (
  id bigserial primary key, ref uuid unique default gen_random_uuid(), updater text not null, fingerprint text,
  date timestamptz default now(), kind text
);
create index on update_operation (updater);
create index on update_operation (kind);
create table vuln (
  id bigserial primary key, hash_kind text not null, hash bytea not null,
  updater text, name text, description text, issued timestamptz, links text, severity text, normalized_severity text,
  package_name text, package_version text, package_module text, package_arch text, package_kind text,
  dist_id text, dist_name text, dist_version text, dist_version_code_name text, dist_version_id text, dist_arch text,
  dist_cpe text, dist_pretty_name text, repo_name text, repo_key text, repo_uri text,
  fixed_in_version text, arch_operation text, vulnerable_range VersionRange not null default VersionRange('{}', '{}', '()'),
  version_kind text, not_vulnerable boolean default false,
  unique (hash_kind, hash)
);
create index vuln_lookup_idx on vuln (package_name, dist_id, dist_name, dist_pretty_name, dist_version, dist_version_id,
  package_module, dist_version_code_name, repo_name, dist_arch, dist_cpe, repo_key, repo_uri);
create index vuln_updater_idx on vuln (updater);
create table uo_vuln (
  uo bigint references update_operation (id) on delete cascade, vuln bigint references vuln (id) on delete cascade,
  primary key (uo, vuln)
);
create index uo_vuln_uo_idx on uo_vuln (uo);
create index uo_vuln_vuln_idx on uo_vuln (vuln);
create temporary table distribution (namespace text primary key, did text, title text, version text) on commit drop;
`;

/** A row of ours is a row of theirs: the same advisory, package and release. */
const COPY_FACTS = `
insert into clair4.vuln (hash_kind, hash, updater, name, description, issued, links, severity, normalized_severity,
    package_name, package_version, package_module, package_arch, package_kind,
    dist_id, dist_name, dist_version, dist_version_code_name, dist_version_id, dist_arch, dist_cpe, dist_pretty_name,
    repo_name, repo_key, repo_uri, fixed_in_version, arch_operation, version_kind, not_vulnerable)
select 'md5', decode(md5(a.id::text), 'hex'), p.feed, r.name, r.description, nullif(r.issued, '')::timestamptz,
    array_to_string(r.links, ' '), a.severity,
    (array['Unknown', 'Negligible', 'Low', 'Medium', 'High', 'Critical'])[a.normalized::text::int + 1],
    a.package, '', coalesce(a.module, ''), coalesce(array_to_string(a.arches, '|'), ''),
    case a.package_kind when 's' then 'source' else 'binary' end,
    d.did, d.title, d.version, '', d.version, '', '', trim(d.title || ' ' || d.version),
    coalesce(a.cpe, ''), case when a.cpe is null then '' else 'rhel-cpe-repository' end, '',
    coalesce(a.fixed, ''), case when a.arches is null then '' else 'pattern match' end, '', a.status = 'n'
  from matcher.affected a
  join matcher.namespace n on n.id = a.namespace
  join distribution d on d.namespace = n.name
  join matcher.advisory v on v.id = a.advisory
  join matcher.partition p on p.id = v.partition
  join matcher.advisory_revision r on r.advisory = a.advisory and r.valid_to is null
 where a.valid_to is null`;

const OPERATION = `
with operation as (
  insert into clair4.update_operation (updater, fingerprint, kind)
  select distinct updater, 'fingerprint', 'vulnerability' from clair4.vuln returning id, updater
)
insert into clair4.uo_vuln (uo, vuln) select o.id, v.id from operation o join clair4.vuln v on v.updater = o.updater`;

/** Loads the live facts of the schema `matcher` into `clair4`, once, as one operation of each updater. Returns the rows. */
export async function loadIntoClairSchema(tx: Transaction): Promise<number> {
  await tx.execute(TABLES);
  const namespaces = await tx.query<{ name: string }>('select name from matcher.namespace');
  await tx.copyIn(
    'distribution',
    ['namespace', 'did', 'title', 'version'],
    namespaces.map(({ name }) => {
      const [did = '', version = ''] = name.split(':');
      return [name, did, DISTRIBUTIONS.find((known) => known.did === did)?.title ?? did, version];
    }),
  );
  const rows = await tx.execute(COPY_FACTS);
  await tx.execute(OPERATION);
  return rows;
}

/** Another update in which next to nothing changed: every row is told again that it is in the operation. */
export async function addOperation(tx: Transaction): Promise<void> {
  await tx.execute(OPERATION);
}
