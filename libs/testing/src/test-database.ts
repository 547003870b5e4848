import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';

export interface TestDatabase {
  readonly connstring: string;
  /** Ends every connection to it and removes it. */
  drop(): Promise<void>;
}

/**
 * A new database on the server of this test run: empty, or a copy of the one that `template` (a connstring) names, to which
 * nobody may be connected then. Takes tens of milliseconds.
 */
export async function createTestDatabase(options: { readonly template?: string } = {}): Promise<TestDatabase> {
  const server = inject('connstring');
  const name = `test_${randomBytes(6).toString('hex')}`;
  const template = options.template === undefined ? 'template0' : databaseOf(options.template);
  await administer(server, `create database ${name} template "${template}"`);
  const connstring = new URL(server);
  connstring.pathname = `/${name}`;
  return {
    connstring: connstring.href,
    drop: () => administer(server, `drop database if exists ${name} with (force)`),
  };
}

function databaseOf(connstring: string): string {
  return new URL(connstring).pathname.slice(1).replaceAll('"', '""');
}

async function administer(connstring: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: connstring });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
