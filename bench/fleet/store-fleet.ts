import { createHash } from 'node:crypto';
import { ecosystemOfNamespace, type Package, packageKey } from '@clair/model';
import type { CopyRow, Database, Transaction } from '@clair/postgres';
import { chooseHeld } from './choose-held.ts';
import { SyntheticFleet } from './synthetic-fleet.ts';

export interface StoredFleet {
  readonly manifests: number;
  readonly inventories: number;
  readonly packages: number;
  /** Packages of all manifests together. */
  readonly entries: number;
  /** Packages of all inventories together. */
  readonly distinctEntries: number;
  /** Some packages of distributions that together are in about that share of the manifests, in any version. */
  readonly choose: (count: number, share: number) => readonly Package[];
}

const NO_TIMEOUT = { statementTimeoutMs: 0 };

/** Puts a fleet into the indexer's tables as the indexer itself would have, but for reports of images, by COPY. */
export async function storeFleet(
  db: Database,
  inventories: readonly (readonly Package[])[],
  manifests: number,
): Promise<StoredFleet> {
  const fleet = new SyntheticFleet(inventories);
  const counted = { entries: 0, distinctEntries: 0 };
  const ofManifests: number[] = [];
  const weights: number[] = [];
  const known = new Map<string, number>();
  const idsOf: (readonly number[])[] = [];
  await db.execute('drop index indexer.inventory_package_ids');
  await db.transaction(async (tx) => {
    await tx.copyIn('indexer.inventory', ['id', 'hash', 'package_ids'], inventoryRows());
    await tx.copyIn('indexer.manifest', MANIFEST_COLUMNS, manifestRows(ofManifests));
    await tx.copyIn('indexer.package', PACKAGE_COLUMNS, fleet.packages.map(packageRow));
    await restartIdentities(tx);
  }, NO_TIMEOUT);
  await db.transaction(
    (tx) =>
      tx.execute(
        'create index inventory_package_ids on indexer.inventory using gin (package_ids) with (fastupdate = off)',
      ),
    NO_TIMEOUT,
  );
  await db.execute('analyze indexer.inventory, indexer.manifest, indexer.package');
  return {
    manifests,
    inventories: known.size,
    packages: fleet.packages.length,
    ...counted,
    choose: (count, share) => chooseHeld({ packages: fleet.packages, idsOf, weights }, { count, share, manifests }),
  };

  function* inventoryRows(): Generator<CopyRow> {
    for (const manifest of fleet.manifests(manifests)) {
      const before = known.get(manifest.inventoryKey);
      const id = before ?? known.size + 1;
      ofManifests.push(id);
      weights[id] = (weights[id] ?? 0) + 1;
      if (before === undefined) {
        known.set(manifest.inventoryKey, id);
        const ids = manifest.packageIds();
        idsOf[id] = ids;
        counted.distinctEntries += ids.length;
        yield [id, createHash('sha256').update(ids.join(',')).update(manifest.inventoryKey).digest(), ids];
      }
      counted.entries += idsOf[id]?.length ?? 0;
    }
  }
}

const MANIFEST_COLUMNS = ['digest', 'state', 'index_state', 'inventory_id', 'inventory_hash'];

function* manifestRows(inventoryIds: readonly number[]): Generator<CopyRow> {
  for (const [index, id] of inventoryIds.entries()) {
    const digest = createHash('sha256').update(`manifest ${index}`).digest('hex');
    yield [`sha256:${digest}`, 'IndexFinished', 'bench', id, String(id)];
  }
}

const PACKAGE_COLUMNS = [
  'id',
  'hash',
  'name',
  'version',
  'type',
  'scheme',
  'namespace',
  'arch',
  'module',
  'source_name',
  'source_version',
  'cpes',
  'owner',
  'lookup_name',
];

function packageRow(p: Package, index: number): CopyRow {
  const hash = createHash('sha256').update(packageKey(p)).digest().subarray(0, 16);
  const lookupName = ecosystemOfNamespace(p.namespace)?.lookupName(p.name) ?? p.name;
  const { name, version, type, scheme, namespace, arch, module, source, cpes, owner } = p;
  return [
    index + 1,
    hash,
    name,
    version,
    type,
    scheme,
    namespace,
    arch,
    module,
    source.name,
    source.version,
    cpes.join('\n'),
    owner,
    lookupName,
  ];
}

async function restartIdentities(tx: Transaction): Promise<void> {
  for (const table of ['package', 'inventory']) {
    await tx.query(
      `select setval(pg_get_serial_sequence('indexer.${table}', 'id'), (select max(id) from indexer.${table}))`,
    );
  }
}
