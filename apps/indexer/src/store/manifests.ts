import { createHash } from 'node:crypto';
import type { IndexReport } from '@clair/contracts';
import type { Package } from '@clair/model';
import type { Database, Transaction } from '@clair/postgres';
import { decodeDocument, encodeDocument } from './document.ts';
import { ABANDONED, INTERRUPTED } from './jobs.ts';
import { ensurePackages } from './packages.ts';
import { REFERENCES_LOCK } from './references-lock.ts';

export interface ManifestState {
  readonly state: string;
  readonly inventoryHash: string;
  readonly indexState: string;
}

/** The stored report of a manifest; `undefined` when it was never indexed. */
export async function loadReport(db: Database, digest: string): Promise<IndexReport | undefined> {
  const rows = await db.query<Progress & { err: string; index_state: string; report: Uint8Array | null }>(
    `select state, err, index_state, report, ${ABANDONED} as abandoned from indexer.manifest where digest = $1`,
    [digest],
  );
  const row = rows[0];
  if (row === undefined) return undefined;
  if (row.report !== null) return { ...(await decodeDocument<IndexReport>(row.report)), indexState: row.index_state };
  const err = row.abandoned ? INTERRUPTED : row.err;
  return emptyReport(digest, { state: stateOf(row), err, indexState: row.index_state });
}

/** The state of a manifest without its report; `undefined` when it was never indexed. */
export async function loadState(db: Database, digest: string): Promise<ManifestState | undefined> {
  const rows = await db.query<Progress & { inventory_hash: string; index_state: string }>(
    `select state, inventory_hash, index_state, ${ABANDONED} as abandoned from indexer.manifest where digest = $1`,
    [digest],
  );
  const row = rows[0];
  return row && { state: stateOf(row), inventoryHash: row.inventory_hash, indexState: row.index_state };
}

interface Progress {
  readonly state: string;
  readonly abandoned: boolean;
}

/** Whoever waits for what nobody works on is told at once; the row itself says so after the next sweep. */
function stateOf({ state, abandoned }: Progress): string {
  return abandoned ? 'IndexError' : state;
}

/** What {@link saveReport} did. */
export type SaveOutcome =
  /** `occurrence` tells this change of the manifest from every other, those before a deletion included. */
  | { readonly kind: 'saved'; readonly occurrence: string }
  /** The same inventory under the same index state is there already: another request was quicker. */
  | { readonly kind: 'known' }
  /** Layers were deleted with another manifest since they were scanned: nothing was stored, they have to be scanned again. */
  | { readonly kind: 'layers-gone' };

/** Stores a finished report, its inventory and its layers. Idempotent. */
export async function saveReport(
  tx: Transaction,
  report: IndexReport,
  packages: readonly Package[],
): Promise<SaveOutcome> {
  await tx.execute(`select pg_advisory_xact_lock_shared(${REFERENCES_LOCK})`);
  const layerIds = await layerIdsOf(tx, report.layers);
  if (layerIds === undefined) return { kind: 'layers-gone' };
  const inventoryId = await ensureInventory(tx, await ensurePackages(tx, packages));
  const rows = await tx.query<{ id: number; revision: number }>(
    `insert into indexer.manifest (digest, state, err, index_state, inventory_id, inventory_hash, report)
     values ($1, $2, '', $3, $4, $5, $6)
     on conflict (digest) do update set state = excluded.state, err = '', index_state = excluded.index_state,
       inventory_id = excluded.inventory_id, inventory_hash = excluded.inventory_hash, report = excluded.report,
       revision = manifest.revision + 1, changed_at = now()
       where manifest.report is null or manifest.index_state <> excluded.index_state
          or manifest.inventory_hash <> excluded.inventory_hash
     returning id, revision`,
    [
      report.manifestHash,
      report.state,
      report.indexState,
      inventoryId,
      report.inventoryHash,
      await encodeDocument(report),
    ],
  );
  const manifest = rows[0];
  if (manifest === undefined) return { kind: 'known' };
  await tx.execute('delete from indexer.manifest_layer where manifest_id = $1', [manifest.id]);
  await tx.execute(
    `insert into indexer.manifest_layer (manifest_id, position, layer_id)
     select $1, t.position, t.layer_id from unnest($2::int[]) with ordinality t(layer_id, position)`,
    [manifest.id, layerIds],
  );
  return { kind: 'saved', occurrence: `${manifest.id}.${manifest.revision}` };
}

/** In the order of `digests`, and held until the transaction ends; `undefined` when one is not there. */
async function layerIdsOf(tx: Transaction, digests: readonly string[]): Promise<number[] | undefined> {
  const rows = await tx.query<{ id: number; digest: string }>(
    'select id, digest from indexer.layer where digest = any($1::text[]) order by id for key share',
    [[...new Set(digests)]],
  );
  const byDigest = new Map(rows.map((row) => [row.digest, row.id]));
  const ids = digests.flatMap((digest) => byDigest.get(digest) ?? []);
  return ids.length === digests.length ? ids : undefined;
}

async function ensureInventory(tx: Transaction, packageIds: readonly number[]): Promise<number> {
  const hash = createHash('sha256').update(packageIds.join(',')).digest();
  const found = await tx.query<{ id: number }>('select id from indexer.inventory where hash = $1', [hash]);
  if (found[0] !== undefined) return found[0].id;
  const rows = await tx.query<{ id: number }>(
    `insert into indexer.inventory (hash, package_ids) values ($1, $2::int[])
     on conflict (hash) do update set hash = excluded.hash returning id`,
    [hash, packageIds],
  );
  const row = rows[0];
  if (row === undefined) throw new Error('insert returned no row');
  return row.id;
}

export interface DeletedManifest {
  /** Of the row: another one when the manifest was indexed, deleted and indexed again. */
  readonly id: number;
  readonly digest: string;
}

/** Forgets manifests, and the layers and inventories that nothing else needs. Returns those that were there. */
export async function deleteManifests(tx: Transaction, digests: readonly string[]): Promise<DeletedManifest[]> {
  await tx.execute(`select pg_advisory_xact_lock(${REFERENCES_LOCK})`);
  const gone = await tx.query<{ id: number; digest: string; inventory_id: number | null; layer_ids: number[] }>(
    `select m.id, m.digest, m.inventory_id,
            array(select layer_id from indexer.manifest_layer where manifest_id = m.id) as layer_ids
       from indexer.manifest m where m.digest = any($1::text[]) order by m.digest for update`,
    [digests],
  );
  if (gone.length === 0) return [];
  await tx.execute('delete from indexer.manifest where id = any($1::int[])', [gone.map((row) => row.id)]);
  await tx.execute(
    `delete from indexer.layer l where l.id = any($1::int[])
       and not exists (select from indexer.manifest_layer ml where ml.layer_id = l.id)`,
    [[...new Set(gone.flatMap((row) => row.layer_ids))]],
  );
  await tx.execute(
    `delete from indexer.inventory i where i.id = any($1::int[])
       and not exists (select from indexer.manifest m where m.inventory_id = i.id)`,
    [[...new Set(gone.flatMap((row) => row.inventory_id ?? []))]],
  );
  return gone.map(({ id, digest }) => ({ id, digest }));
}

/**
 * Forgets layers that no manifest refers to and that were scanned more than `quietMs` ago: left by manifests of which
 * another layer could not be had. Younger ones are what the next attempt will not have to fetch again.
 */
export async function forgetStrayLayers(db: Database, quietMs: number): Promise<number> {
  return db.transaction(async (tx) => {
    await tx.execute(`select pg_advisory_xact_lock(${REFERENCES_LOCK})`);
    return tx.execute(
      `delete from indexer.layer l
        where not exists (select from indexer.manifest_layer ml where ml.layer_id = l.id)
          and not exists (select from indexer.layer_scan s
                           where s.layer_id = l.id and s.scanned_at > now() - make_interval(secs => $1))`,
      [quietMs / 1000],
    );
  });
}

/** A report without content: what is known of a manifest that is in progress or failed. */
export function emptyReport(
  digest: string,
  facts: { readonly state: string; readonly err: string; readonly indexState: string },
): IndexReport {
  return {
    manifestHash: digest,
    state: facts.state,
    success: false,
    err: facts.err,
    packages: [],
    distributions: [],
    problems: [],
    inventoryHash: '',
    indexState: facts.indexState,
    layers: [],
    indexedAt: '',
  };
}
