import { createHash } from 'node:crypto';
import { ecosystemOfNamespace, type Package, packageKey } from '@clair/model';
import type { Transaction } from '@clair/postgres';

interface PackageIdRow {
  readonly id: number;
  readonly hash: Uint8Array;
}

/** The ids of `packages`, ascending and distinct; packages not seen before get one. */
export async function ensurePackages(tx: Transaction, packages: readonly Package[]): Promise<number[]> {
  const byHash = new Map(packages.map((p) => [packageHash(p).toString('hex'), p]));
  const hashes = [...byHash.keys()].sort();
  const known = await idsOf(tx, hashes);
  // Inserting only what is missing keeps the identity column from burning a number per package and image;
  // the sorted order keeps two images that share new packages from waiting for each other in a circle.
  const missing = hashes.filter((hash) => !known.has(hash));
  if (missing.length > 0) {
    const entries = missing.map((hash): [string, Package] => [hash, byHash.get(hash) as Package]); // Safety: `missing` are keys of byHash.
    await insertPackages(tx, entries);
    for (const [hash, id] of await idsOf(tx, missing)) known.set(hash, id);
  }
  return [...new Set(known.values())].sort((a, b) => a - b);
}

/** As the advisories of its ecosystem have the name. */
function lookupName({ namespace, name }: Package): string {
  return ecosystemOfNamespace(namespace)?.lookupName(name) ?? name;
}

function packageHash(p: Package): Buffer {
  return createHash('sha256').update(packageKey(p)).digest().subarray(0, 16);
}

async function idsOf(tx: Transaction, hashes: readonly string[]): Promise<Map<string, number>> {
  const rows = await tx.query<PackageIdRow>(
    `select id, hash from indexer.package where hash = any(select decode(h, 'hex') from unnest($1::text[]) h)`,
    [hashes],
  );
  return new Map(rows.map((row) => [Buffer.from(row.hash).toString('hex'), row.id]));
}

async function insertPackages(tx: Transaction, entries: readonly (readonly [string, Package])[]): Promise<void> {
  const columns = [
    entries.map(([hash]) => hash),
    entries.map(([, p]) => p.name),
    entries.map(([, p]) => p.version),
    entries.map(([, p]) => p.type),
    entries.map(([, p]) => p.scheme),
    entries.map(([, p]) => p.namespace),
    entries.map(([, p]) => p.arch),
    entries.map(([, p]) => p.module),
    entries.map(([, p]) => p.source.name),
    entries.map(([, p]) => p.source.version),
    entries.map(([, p]) => p.cpes.join('\n')),
    entries.map(([, p]) => p.owner),
    entries.map(([, p]) => lookupName(p)),
  ];
  await tx.execute(
    `insert into indexer.package
       (hash, name, version, type, scheme, namespace, arch, module, source_name, source_version, cpes,
        owner, lookup_name)
     select decode(hash, 'hex'), name, version, type, scheme, namespace, arch, module, source_name, source_version,
            cpes, owner, lookup_name
       from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                   $9::text[], $10::text[], $11::text[], $12::text[], $13::text[])
         as p(hash, name, version, type, scheme, namespace, arch, module, source_name, source_version, cpes,
              owner, lookup_name)
     on conflict (hash) do nothing`,
    columns,
  );
}
