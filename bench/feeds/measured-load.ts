import { spawn } from 'node:child_process';
import { type Database, type EmbeddedPostgres, openDatabase } from '@clair/postgres';
import type { LoadedFeed, LoadRequest } from './loaded-feed.ts';

export interface BenchDatabase {
  readonly connstring: string;
  readonly db: Database;
}

export async function database(postgres: EmbeddedPostgres, name: string): Promise<BenchDatabase> {
  const admin = openDatabase({ connstring: postgres.connstring, schema: 'public', applicationName: 'bench' });
  await admin.execute(`create database bench_${name}`);
  await admin.close();
  const url = new URL(postgres.connstring);
  url.pathname = `/bench_${name}`;
  const connstring = url.href;
  return { connstring, db: openDatabase({ connstring, schema: 'matcher', applicationName: 'bench' }) };
}

/** With the rows of the matcher's schema that the run wrote: inserted, updated and deleted, by table. */
export async function loadCounting(request: LoadRequest, db: Database) {
  const before = await rowsWritten(db);
  const loaded = await load(request);
  const after = await rowsWritten(db);
  const written = [...after].flatMap(([table, rows]) => {
    const more = rows - (before.get(table) ?? 0);
    return more === 0 ? [] : [{ table, more }];
  });
  const sum = written.reduce((all, { more }) => all + more, 0);
  return { loaded, rowsWritten: `${sum} (${written.map(({ table, more }) => `${table} ${more}`).join(', ')})` };
}

/** Since the database was made, by table. */
export async function rowsWritten(db: Database): Promise<ReadonlyMap<string, number>> {
  // The backends of a process that ended report what they did as they end.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const rows = await db.query<{ table: string; written: number }>(
    `select relname as table, (n_tup_ins + n_tup_upd + n_tup_del)::bigint as written
       from pg_stat_user_tables where schemaname = 'matcher' order by relname`,
  );
  return new Map(rows.map(({ table, written }) => [table, written]));
}

/** One run in a fresh process, so that its peak memory is its own. */
export function load(request: LoadRequest): Promise<LoadedFeed> {
  const script = new URL('./load-feed.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [script, JSON.stringify(request)], { stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', (code) => {
      // Safety: the script prints a LoadedFeed and nothing else, or fails.
      if (code === 0) resolve(JSON.parse(text) as LoadedFeed);
      else reject(new Error(`the run of ${request.feed} ended with ${code}`));
    });
  });
}
