import type { LayerReport } from '@clair/model';
import type { Database } from '@clair/postgres';
import { decodeDocument, encodeDocument } from './document.ts';

export interface LayerScan {
  readonly digest: string;
  /** The scanners it was made with. */
  readonly indexState: string;
  readonly report: LayerReport;
}

/** Which of `digests` have a scan under `indexState`. */
export async function scannedLayers(
  db: Database,
  digests: readonly string[],
  indexState: string,
): Promise<ReadonlySet<string>> {
  const rows = await db.query<{ digest: string }>(
    `select l.digest from indexer.layer l join indexer.layer_scan s on s.layer_id = l.id
      where l.digest = any($1::text[]) and s.index_state = $2`,
    [digests, indexState],
  );
  return new Set(rows.map((row) => row.digest));
}

/** The scans of `digests` under `indexState`; a layer without one is missing from the map. */
export async function loadLayerScans(
  db: Database,
  digests: readonly string[],
  indexState: string,
): Promise<ReadonlyMap<string, LayerReport>> {
  const rows = await db.query<{ digest: string; report: Uint8Array }>(
    `select l.digest, s.report from indexer.layer l join indexer.layer_scan s on s.layer_id = l.id
      where l.digest = any($1::text[]) and s.index_state = $2`,
    [digests, indexState],
  );
  const reports = await Promise.all(rows.map((row) => decodeDocument<LayerReport>(row.report)));
  return new Map(rows.map((row, i) => [row.digest, reports[i] as LayerReport])); // Safety: same length as rows.
}

/**
 * Keeps the scan, and forgets those of other scanner sets that are a day old: younger ones may belong to a replica of
 * another version at work on a manifest right now. Idempotent.
 */
export async function saveLayerScan(db: Database, scan: LayerScan): Promise<void> {
  const document = await encodeDocument(scan.report);
  await db.transaction(async (tx) => {
    const layerId = await ensureLayer(tx, scan.digest);
    await tx.execute(
      `delete from indexer.layer_scan
        where layer_id = $1 and index_state <> $2 and scanned_at < now() - interval '1 day'`,
      [layerId, scan.indexState],
    );
    await tx.execute(
      `insert into indexer.layer_scan (layer_id, index_state, report, blob_bytes) values ($1, $2, $3, $4)
       on conflict (layer_id, index_state) do nothing`,
      [layerId, scan.indexState, document, scan.report.blobBytes],
    );
  });
}

async function ensureLayer(tx: { query: Database['query'] }, digest: string): Promise<number> {
  const rows = await tx.query<{ id: number }>(
    `insert into indexer.layer (digest) values ($1) on conflict (digest) do update set digest = excluded.digest returning id`,
    [digest],
  );
  const row = rows[0];
  if (row === undefined) throw new Error('insert returned no row');
  return row.id;
}
