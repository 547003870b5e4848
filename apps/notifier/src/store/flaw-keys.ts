import { flawIds } from '@clair/matching';
import type { Database, Transaction } from '@clair/postgres';

/** Keys changed by one statement. */
const BATCH_ROWS = 1000;

interface NamedRow {
  readonly ref: number;
  /** Of all rows about one package. */
  readonly about: string;
  readonly ids: readonly string[];
}

/**
 * Gives the rows of `run` that are about one flaw of a language's package one key, whichever the advisory: the database of the ecosystem and
 * GitHub's say the same thing twice, and an image has one finding of it. Rows from before and after the change are taken together, so that
 * an alias that comes or goes is no other flaw. Holds the rows of one package at a time.
 */
export function assignFlawKeys(db: Database, run: string): Promise<void> {
  return db.transaction(
    async (tx) => {
      let rows: NamedRow[] = [];
      let keys: [number, string][] = [];
      const endPackage = async () => {
        keys.push(...keysOf(rows));
        rows = [];
        if (keys.length < BATCH_ROWS) return;
        await setKeys(tx, run, keys);
        keys = [];
      };
      for await (const row of namedRows(tx, run)) {
        if (rows[0] !== undefined && rows[0].about !== row.about) await endPackage();
        rows.push(row);
      }
      await endPackage();
      await setKeys(tx, run, keys);
    },
    { statementTimeoutMs: 0 },
  );
}

function namedRows(tx: Transaction, run: string): AsyncIterable<NamedRow> {
  return tx.cursor<NamedRow>(
    `select ref, flaw_ids as ids,
       jsonb_build_array(summary->'namespace', summary->'packageName', summary->'packageKind')::text collate "C" as about
     from ${tx.schema}.staged_change where run = $1 and flaw_ids is not null order by about, ref`,
    [run],
  );
}

function keysOf(rows: readonly NamedRow[]): [number, string][] {
  const flaws = flawIds(rows.map(({ ids: [name = '', ...aliases] }) => ({ name, aliases })));
  return rows.map(({ ref, about }, index) => [ref, JSON.stringify([flaws[index], ...JSON.parse(about)])]);
}

async function setKeys(tx: Transaction, run: string, keys: readonly (readonly [number, string])[]): Promise<void> {
  if (keys.length === 0) return;
  await tx.execute(
    `update ${tx.schema}.staged_change c set key = k.key from unnest($2::bigint[], $3::text[]) as k (ref, key)
     where c.run = $1 and c.ref = k.ref and c.key <> k.key`,
    [run, keys.map(([ref]) => ref), keys.map(([, key]) => key)],
  );
}

/** What one advisory says of a flaw, on one side of the change. */
export interface FlawRow {
  readonly ref: number;
  readonly key: string;
  readonly change: string;
  /** The advisory's. */
  readonly name: string;
  readonly affected: Uint8Array;
}

/** All that is staged of the flaws with these keys. */
export function loadFlawRows(db: Database, run: string, keys: readonly string[]): Promise<FlawRow[]> {
  return db.query<FlawRow>(
    `select ref, key, change, summary->>'name' as name, affected from ${db.schema}.staged_change
     where run = $1 and key = any ($2::text[]) and flaw_ids is not null order by ref`,
    [run, keys],
  );
}
