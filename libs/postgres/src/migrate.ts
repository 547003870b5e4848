import { createHash } from 'node:crypto';
import { invariant } from '@clair/model';
import type { Database, Transaction } from './database.ts';
import type { Migration } from './migration.ts';

const STATEMENT_TIMEOUT_MS = 3_600_000;

interface AppliedMigration {
  readonly id: string;
  readonly sha256: string;
}

/** The schema in the database and the migrations of this program do not fit together. An operator decides; nothing was changed. */
export class MigrationRefused extends Error {
  override readonly name = 'MigrationRefused';
}

/**
 * Brings the database's schema up to the last of `migrations` and returns the ids that this call applied, each in a transaction
 * of its own. Any number of processes may call it at once: they take turns. Rejects with {@link MigrationRefused} when the
 * schema is newer than `migrations`, or was made by a migration that has been edited since.
 */
export async function migrate(db: Database, migrations: readonly Migration[]): Promise<string[]> {
  checkOrder(migrations);
  const applied: string[] = [];
  await locked(db, (tx) => createHistory(tx));
  for (;;) {
    const id = await locked(db, (tx) => applyNext(tx, migrations));
    if (id === undefined) return applied;
    applied.push(id);
  }
}

/** The lock ends with the transaction, so it holds through a pooler as well. */
function locked<T>(db: Database, work: (tx: Transaction) => Promise<T>): Promise<T> {
  return db.transaction(
    async (tx) => {
      await tx.execute('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`clair migrate ${db.schema}`]);
      return work(tx);
    },
    { statementTimeoutMs: STATEMENT_TIMEOUT_MS },
  );
}

async function createHistory(tx: Transaction): Promise<void> {
  // CREATE SCHEMA IF NOT EXISTS asks for the right to create one even when it is there, and a service's role may lack it.
  const [found] = await tx.query<{ present: boolean }>('select to_regnamespace($1) is not null as present', [
    tx.schema,
  ]);
  if (found?.present !== true) await tx.execute(`create schema if not exists ${tx.schema}`);
  await tx.execute(
    `create table if not exists ${tx.schema}.schema_migration (
       id text primary key,
       sha256 text not null,
       applied_at timestamptz not null default now()
     )`,
  );
}

async function applyNext(tx: Transaction, migrations: readonly Migration[]): Promise<string | undefined> {
  const applied = await tx.query<AppliedMigration>(`select id, sha256 from ${tx.schema}.schema_migration order by id`);
  checkHistory(tx.schema, applied, migrations);
  const done = new Set(applied.map((migration) => migration.id));
  const next = migrations.find((migration) => !done.has(migration.id));
  if (next === undefined) return undefined;
  await tx.execute(next.sql.replaceAll('{schema}', tx.schema));
  await tx.execute(`insert into ${tx.schema}.schema_migration (id, sha256) values ($1, $2)`, [
    next.id,
    sha256(next.sql),
  ]);
  return next.id;
}

function checkHistory(schema: string, applied: readonly AppliedMigration[], migrations: readonly Migration[]): void {
  const known = new Map(migrations.map((migration) => [migration.id, migration]));
  for (const { id, sha256: stored } of applied) {
    const migration = known.get(id);
    if (migration === undefined) {
      throw new MigrationRefused(
        `schema "${schema}" has migration ${id}, which this version does not know: it was made by a newer version. Run that version, or restore a backup.`,
      );
    }
    if (sha256(migration.sql) !== stored) {
      throw new MigrationRefused(
        `migration ${id} of schema "${schema}" was edited after it had been applied. Restore its text and add a new migration.`,
      );
    }
  }
  checkNoGap(schema, applied, migrations);
}

/** A migration that sorts before one already applied would run against a schema that it was not written for. */
function checkNoGap(schema: string, applied: readonly AppliedMigration[], migrations: readonly Migration[]): void {
  const done = new Set(applied.map((migration) => migration.id));
  for (const { id } of migrations) {
    const later = applied.find((other) => !done.has(id) && familyOf(other.id) === familyOf(id) && other.id > id);
    if (later !== undefined) {
      throw new MigrationRefused(
        `migration ${id} of schema "${schema}" comes before ${later.id}, which has been applied. Give it a later id.`,
      );
    }
  }
}

function checkOrder(migrations: readonly Migration[]): void {
  const lastOf = new Map<string, string>();
  for (const { id } of migrations) {
    const family = familyOf(id);
    invariant(id > (lastOf.get(family) ?? ''), `migration ${id} does not ascend`);
    lastOf.set(family, id);
  }
}

/** `p` of `p001-lease`, the empty string of `0001-advisories`: histories that grow independently. */
function familyOf(id: string): string {
  const match = /^([a-z]*)\d{3,}-[a-z0-9-]+$/.exec(id);
  invariant(match !== null, `"${id}" is not a migration id`);
  return match[1] ?? '';
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
