import { ecosystemOfNamespace, type Package } from '@clair/model';
import { type Database, storableText, type Transaction } from '@clair/postgres';

/** What an affected row asks for: all packages of that name in that namespace. */
export interface PackageQuery {
  readonly namespace: string;
  readonly name: string;
  readonly kind: 'source' | 'binary';
}

export interface CandidatePackage {
  readonly id: number;
  /** Index into the queries asked. */
  readonly query: number;
  readonly package: Package;
}

interface CandidateRow {
  readonly id: number;
  readonly query: number;
  readonly name: string;
  readonly version: string;
  readonly type: string;
  readonly scheme: string;
  readonly namespace: string;
  readonly arch: string;
  readonly module: string;
  readonly source_name: string;
  readonly source_version: string;
  readonly cpes: string;
  readonly owner: string;
}

const PACKAGE_COLUMNS =
  'p.id, p.name, p.version, p.type, p.scheme, p.namespace, p.arch, p.module, p.source_name, p.source_version, p.cpes, p.owner';

/** Every distinct package that any of `queries` names: one query, whatever their number. */
export async function findCandidates(db: Database, queries: readonly PackageQuery[]): Promise<CandidatePackage[]> {
  const rows = await db.query<CandidateRow>(
    `with q as (select * from unnest($1::text[], $2::text[], $3::text[]) with ordinality q(namespace, name, kind, position))
     select (q.position - 1)::int as query, ${PACKAGE_COLUMNS} from q
       join indexer.package p on q.kind = 'binary' and p.namespace = q.namespace
        and left(p.lookup_name, 200) = left(q.name, 200) and p.lookup_name = q.name
     union all
     select (q.position - 1)::int as query, ${PACKAGE_COLUMNS} from q
       join indexer.package p on q.kind = 'source' and p.namespace = q.namespace
        and left(p.source_name, 200) = left(q.name, 200) and p.source_name = q.name`,
    [
      queries.map((q) => storableText(q.namespace)),
      queries.map((q) => storableText(q.name)),
      queries.map((q) => q.kind),
    ],
  );
  return rows.map((row) => ({ id: row.id, query: row.query, package: toPackage(row) }));
}

function toPackage(row: CandidateRow): Package {
  return {
    name: row.name,
    version: row.version,
    type: row.type,
    scheme: row.scheme,
    namespace: row.namespace,
    arch: row.arch,
    module: row.module,
    source: { name: row.source_name, version: row.source_version },
    cpes: row.cpes === '' ? [] : row.cpes.split('\n'),
    owner: row.owner,
  };
}

export interface PackageHolder {
  readonly packageId: number;
  readonly manifest: string;
  /** By name, sorted. */
  readonly labels: Readonly<Record<string, readonly string[]>>;
}

export interface HolderQuery {
  readonly packageIds: readonly number[];
  readonly rowsMax: number;
  /** Namespaces of which those of distributions count: their vendors have the say in what their packages install. */
  readonly vendors: readonly string[];
}

/**
 * The (package, manifest) pairs in which a manifest holds one of the packages, those left out that a package of one of `vendors` owns in it;
 * when there are as many as `rowsMax`, more may have been left out.
 * The planner does not count the cost of reading the arrays and prefers a sequential scan (8 s for 100 packages in
 * 100 000 inventories, 20 ms by the index), so that choice is taken from it, for this transaction.
 */
export async function findHolders(tx: Transaction, query: HolderQuery): Promise<PackageHolder[]> {
  await tx.execute('set local enable_seqscan = off');
  // What apk's package `npm` brings is not owned by the npm package `npm`, which it brings as well.
  const vendors = query.vendors.filter((namespace) => ecosystemOfNamespace(namespace) === undefined);
  const rows = await tx.query<{ package_id: number; digest: string; labels: PackageHolder['labels'] }>(
    `with asked as (
       select p.id, array(select o.id from indexer.package o
                           where p.owner <> '' and o.namespace = any($3::text[])
                             and left(o.lookup_name, 200) = left(p.owner, 200) and o.lookup_name = p.owner) as owners
         from indexer.package p where p.id = any($1::int[]))
     select p.id as package_id, m.digest, m.labels
       from asked p
       join indexer.inventory i on i.package_ids @> array[p.id] and not i.package_ids && p.owners
       join indexer.manifest m on m.inventory_id = i.id
      limit $2`,
    [query.packageIds, query.rowsMax, vendors.map(storableText)],
  );
  return rows.map((row) => ({ packageId: row.package_id, manifest: row.digest, labels: row.labels }));
}
