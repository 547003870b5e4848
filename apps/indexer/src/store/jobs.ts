import { randomUUID } from 'node:crypto';
import type { Database, Transaction } from '@clair/postgres';
import { REFERENCES_LOCK } from './references-lock.ts';

/** Why a manifest is not indexed when nothing is wrong with it. */
export const INTERRUPTED = 'interrupted; send the manifest again';

/** A lease of its own for each request to index `digest`: it keeps nobody out, and shows that somebody is at work. */
export function jobLeaseName(digest: string): string {
  return `manifest:${digest}:${randomUUID()}`;
}

/**
 * Of a row of `indexer.manifest`: that it says "in progress" and nobody is at work on it. Whoever is holds a lease from before the
 * row says so until after it says how that ended. `changed_at` is for a statement that had to wait for the row: it then sees
 * the row as it has become, but not the lease of who changed it.
 */
export const ABANDONED = `(manifest.report is null and manifest.state not in ('IndexFinished', 'IndexError')
  and manifest.changed_at < now()
  and not exists (select from indexer.lease l
                   where starts_with(l.name, 'manifest:' || manifest.digest || ':') and l.expires_at > clock_timestamp()))`;

/**
 * Shows that the manifest is being indexed; a report that an earlier scanner set made stays until there is a better one. Resolves to
 * the id of the row: after a deletion the same manifest has another.
 */
export async function markProgress(
  db: Database,
  digest: string,
  progress: { readonly state: string; readonly indexState: string },
): Promise<number> {
  const rows = await db.query<{ id: number }>(
    `insert into indexer.manifest (digest, state, index_state) values ($1, $2, $3)
     on conflict (digest) do update set err = '', changed_at = now(),
       state = case when manifest.report is null then excluded.state else manifest.state end,
       index_state = case when manifest.report is null then excluded.index_state else manifest.index_state end
     returning id`,
    [digest, progress.state, progress.indexState],
  );
  const row = rows[0];
  if (row === undefined) throw new Error('insert returned no row');
  return row.id;
}

/** Records why indexing failed, unless there is a good report of an earlier time to keep or the manifest was deleted. */
export async function markFailed(db: Database, id: number, reason: string): Promise<void> {
  await db.execute(
    `update indexer.manifest set state = 'IndexError', err = $2, changed_at = now() where id = $1 and report is null`,
    [id, reason],
  );
}

/**
 * Shows as failed what nobody works on any more, and resolves to how many those were; of `digest` only, when it is given. The
 * credentials of the layers are gone with the request, so whoever waits has to send the manifest again.
 */
export async function failAbandoned(db: Database, digest?: string): Promise<number> {
  return db.execute(
    `update indexer.manifest set state = 'IndexError', err = $1, changed_at = now()
      where ${ABANDONED} and ($2::text is null or digest = $2)`,
    [INTERRUPTED, digest ?? null],
  );
}

/** Forgets the leases of requests whose process died: nobody asks for their names again, so nobody takes them over. */
export async function forgetDeadJobs(db: Database): Promise<void> {
  await db.execute(
    `delete from indexer.lease where starts_with(name, 'manifest:') and expires_at <= clock_timestamp()`,
  );
}

/** Whether the manifest is still the one that {@link markProgress} made; if so, no deletion comes before the transaction has ended. */
export async function holdManifest(tx: Transaction, id: number): Promise<boolean> {
  await tx.execute(`select pg_advisory_xact_lock_shared(${REFERENCES_LOCK})`);
  const rows = await tx.query('select 1 from indexer.manifest where id = $1 for no key update', [id]);
  return rows.length > 0;
}
