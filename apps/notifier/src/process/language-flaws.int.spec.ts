import type { WirePackage } from '@clair/contracts';
import type { Database } from '@clair/postgres';
import { createTestDatabase, type TestDatabase } from '@clair/testing/services';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { moveProgress } from '../store/progress.ts';
import { openNotifierDatabase } from '../testing/notifier-database.ts';
import { notifiedTexts, processDependencies } from '../testing/process-fixture.ts';
import { digestOf, vulnerability, type World } from '../testing/world.ts';
import { notifyChanges } from './run.ts';

let own: TestDatabase;
let db: Database;

beforeEach(async () => {
  own = await createTestDatabase();
  db = await openNotifierDatabase(own.connstring);
});

afterEach(async () => {
  await db?.close();
  await own?.drop();
});

/** `GHSA-1=CVE-2024-1 1.5..2`: the id, its aliases, and the range. */
function advisory(text: string, namespace: string) {
  const [ids = '', range = ''] = text.split(' ');
  const [name = '', aliases = ''] = ids.split('=');
  const [introduced = '', fixed = ''] = range.split('..');
  return vulnerability({
    name,
    feed: 'osv',
    aliases: aliases === '' ? [] : aliases.split(','),
    affected: {
      namespace,
      package: 'smallvec',
      packageKind: 'binary',
      scheme: 'semver',
      range: { introduced, fixed, lastAffected: '' },
    },
  });
}

function library(namespace: string): WirePackage {
  const type = namespace === 'crates.io' ? 'cargo' : 'npm';
  const source = { name: 'smallvec', version: '1.0.0' };
  return { ...source, type, scheme: 'semver', namespace, arch: '', module: '', cpes: [], owner: '', source };
}

interface Change {
  readonly before?: readonly string[];
  /** Of before and after. */
  readonly stays?: readonly string[];
  readonly after?: readonly string[];
  readonly exploited?: readonly string[];
}

/** What operation 2 changes for an image with version 1.0.0 of one package. */
function world({ before = [], stays = [], after = [], exploited = [] }: Change, namespace: string): World {
  const rows = (texts: readonly string[]) => texts.map((text) => advisory(text, namespace));
  return {
    operations: [
      { id: 1, feed: 'osv', firstLoad: true },
      { id: 2, feed: 'osv', firstLoad: false },
    ],
    rows: [
      ...rows(before).map((row) => ({ from: 1, to: 2, vulnerability: row })),
      ...rows(stays).map((row) => ({ from: 1, vulnerability: row })),
      ...rows(after).map((row) => ({ from: 2, vulnerability: row })),
    ],
    risen: rows(exploited).map((row) => ({
      at: 2,
      vulnerability: row,
      risen: { exploited: true, epssBefore: 0, epssAfter: 0 },
    })),
    manifests: { [digestOf('a')]: [library(namespace)] },
  };
}

async function told(change: Change, namespace: string): Promise<string[]> {
  await moveProgress(db, undefined, 1);
  const deps = processDependencies({ db, world: () => world(change, namespace) });
  await notifyChanges(deps, new AbortController().signal);
  return (await notifiedTexts(db)).map((text) => text.split(' ').slice(0, 2).join(' '));
}

describe('one flaw of several advisories is told once', () => {
  it.each<[string, Change, string[]]>([
    ['both are new', { after: ['GHSA-1=CVE-2024-1 ..2', 'X-1=CVE-2024-1 ..2'] }, ['added GHSA-1']],
    ['a second comes', { stays: ['GHSA-1=CVE-2024-1 ..2'], after: ['X-1=CVE-2024-1 ..3'] }, []],
    ['one goes', { before: ['X-1=CVE-2024-1 ..3'], stays: ['GHSA-1=CVE-2024-1 ..2'] }, []],
    ['the last one goes', { before: ['GHSA-1=CVE-2024-1 ..2', 'X-1=GHSA-1 ..2'] }, ['removed GHSA-1']],
    ['another of the same package', { stays: ['GHSA-1=CVE-2024-1 ..2'], after: ['GHSA-2 ..2'] }, ['added GHSA-2']],
    ['it gets a CVE', { before: ['GHSA-1 ..2'], after: ['GHSA-1=CVE-2024-1 ..2'] }, []],
    [
      'it gets a CVE that another has',
      { before: ['GHSA-1 ..2'], stays: ['X-1=CVE-2024-1 ..2'], after: ['GHSA-1=CVE-2024-1 ..2'] },
      [],
    ],
    ['it is exploited', { exploited: ['GHSA-1=CVE-2024-1 ..2', 'X-1=CVE-2024-1 ..2'] }, ['exploited GHSA-1']],
  ])('%s', async (_, change, expected) => {
    expect(await told(change, 'npm')).toEqual(expected);
  });
});

describe('whose word it is', () => {
  it.each<[string, Change, string[]]>([
    [
      'the database of the ecosystem says no',
      { stays: ['RUSTSEC-1=CVE-2024-1 1.5..2'], after: ['GHSA-1=CVE-2024-1 ..2'] },
      [],
    ],
    ['… now', { stays: ['GHSA-1=CVE-2024-1 ..2'], after: ['RUSTSEC-1=CVE-2024-1 1.5..2'] }, ['removed GHSA-1']],
    [
      '… no longer',
      {
        before: ['RUSTSEC-1=CVE-2024-1 1.5..2'],
        stays: ['GHSA-1=CVE-2024-1 ..2'],
        after: ['RUSTSEC-1=CVE-2024-1 ..2'],
      },
      ['added RUSTSEC-1'],
    ],
    ['nobody else', { after: ['GHSA-1=CVE-2024-1 ..2'] }, ['added GHSA-1']],
  ])('%s', async (_, change, expected) => {
    expect(await told(change, 'crates.io')).toEqual(expected);
  });
});
