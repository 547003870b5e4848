import { readFileSync } from 'node:fs';
import { sharedData } from '@clair/testing';
import { describe, expect, it } from 'vitest';
import { bytesFile } from '../../testing/scanned-file.ts';
import { makeDatabase } from '../../testing/sqlite-oracle.ts';
import { rhelDnfHistory } from './index.ts';

function read(bytes: Uint8Array) {
  const result = rhelDnfHistory.read(bytesFile('var/lib/dnf/history.sqlite', bytes));
  if (!result.ok) throw new Error(result.error.reason);
  return result.value;
}

const historyOf = (sql: string): Uint8Array => makeDatabase((database) => database.exec(sql)).bytes;

const DNF4 = `
  CREATE TABLE repo (id INTEGER PRIMARY KEY, repoid TEXT NOT NULL);
  CREATE TABLE rpm (item_id INTEGER UNIQUE NOT NULL, name TEXT NOT NULL, epoch INTEGER NOT NULL, version TEXT NOT NULL,
    release TEXT NOT NULL, arch TEXT NOT NULL);
  CREATE TABLE trans_item (id INTEGER PRIMARY KEY AUTOINCREMENT, trans_id INTEGER, item_id INTEGER, repo_id INTEGER,
    action INTEGER NOT NULL, reason INTEGER NOT NULL, state INTEGER NOT NULL);
  INSERT INTO repo VALUES (1, 'ubi-9-baseos-rpms'), (2, '@System'), (3, 'ubi-9-appstream-rpms');
  INSERT INTO rpm VALUES (1, 'openssl-libs', 1, '3.0.7', '24.el9', 'x86_64'), (2, 'openssl-libs', 1, '3.0.7', '27.el9', 'x86_64'),
    (3, 'tar', 0, '1.34', '6.el9_1', 'x86_64'), (4, 'gone', 0, '1', '1', 'noarch');
  INSERT INTO trans_item (trans_id, item_id, repo_id, action, reason, state) VALUES
    (1, 1, 1, 1, 1, 1), (1, 3, 1, 1, 1, 1), (2, 2, 1, 6, 1, 1), (2, 1, 2, 7, 1, 1), (3, 3, 3, 9, 1, 1), (3, 3, 2, 10, 1, 1), (3, 4, 2, 8, 1, 1)`;

const DNF5 = `
  CREATE TABLE "repo" ("id" INTEGER, "repoid" TEXT NOT NULL, PRIMARY KEY("id"));
  CREATE TABLE "pkg_name" ("id" INTEGER, "name" TEXT NOT NULL UNIQUE, PRIMARY KEY("id"));
  CREATE TABLE "arch" ("id" INTEGER, "name" TEXT NOT NULL UNIQUE, PRIMARY KEY("id"));
  CREATE TABLE "trans_item_action" ("id" INTEGER, "name" TEXT, PRIMARY KEY("id"));
  CREATE TABLE "rpm" ("item_id" INTEGER NOT NULL UNIQUE, "name_id" INTEGER NOT NULL, "epoch" INTEGER NOT NULL,
    "version" TEXT NOT NULL, "release" TEXT NOT NULL, "arch_id" INTEGER NOT NULL);
  CREATE TABLE "trans_item" ("id" INTEGER, "trans_id" INTEGER, "item_id" INTEGER, "repo_id" INTEGER,
    "action_id" INTEGER NOT NULL, "reason_id" INTEGER NOT NULL, "state_id" INTEGER NOT NULL, PRIMARY KEY("id" AUTOINCREMENT));
  INSERT INTO "repo" VALUES (1, 'rhel-11-for-x86_64-baseos-rpms');
  INSERT INTO "pkg_name" VALUES (1, 'bash'); INSERT INTO "arch" VALUES (1, 'noarch'), (2, 'x86_64');
  INSERT INTO "trans_item_action" VALUES (1, 'Install'), (2, 'Upgrade'), (5, 'Remove');
  INSERT INTO "rpm" VALUES (1, 1, 0, '5.2', '1.el11', 2), (2, 1, 0, '5.1', '1.el11', 2);
  INSERT INTO "trans_item" VALUES (1, 1, 2, 1, 5, 1, 1), (2, 1, 1, 1, 2, 1, 1)`;

describe('the last transaction that brought a package in', () => {
  it('of dnf 4', () => {
    const { repositories, problems } = read(historyOf(DNF4));
    expect(problems).toEqual([]);
    expect(repositories?.origins).toEqual([
      { name: 'openssl-libs', version: '1:3.0.7-24.el9', arch: 'x86_64', repoid: 'ubi-9-baseos-rpms' },
      { name: 'tar', version: '1.34-6.el9_1', arch: 'x86_64', repoid: 'ubi-9-appstream-rpms' },
      { name: 'openssl-libs', version: '1:3.0.7-27.el9', arch: 'x86_64', repoid: 'ubi-9-baseos-rpms' },
    ]);
  });

  it('of dnf 5', () => {
    expect(read(historyOf(DNF5)).repositories?.origins).toEqual([
      { name: 'bash', version: '5.2-1.el11', arch: 'x86_64', repoid: 'rhel-11-for-x86_64-baseos-rpms' },
    ]);
  });
});

it('a database without the tables has problems, and one that is none is unreadable', () => {
  const { repositories, problems } = read(historyOf('CREATE TABLE repo (id, repoid)'));
  expect(repositories?.origins).toEqual([]);
  expect(problems).toEqual(['table rpm: no table "rpm"', 'table trans_item: no table "trans_item"']);
  for (const bytes of [new Uint8Array(), new Uint8Array(5_000), Buffer.from('SQLite format 3\0')]) {
    expect(rhelDnfHistory.read(bytesFile('x', bytes)).ok).toBe(false);
  }
});

const real = sharedData('fixtures/pkgdb/dnf/dnf4-history.sqlite');
describe.skipIf(real === undefined)(`histories of real images${real ? '' : ' (skipped: no shared data)'}`, () => {
  it.each([
    // Counted with sqlite3: distinct items of incoming actions.
    ['dnf4-history.sqlite', 'bsdtar 3.5.3-4.el9 x86_64 rhel-9-for-x86_64-appstream-rpms', 55],
    ['dnf5-transaction_history.sqlite', 'basesystem 11-22.fc42 noarch aea2214b263845539cc9b774ac8dd4c7', 123],
    ['custom-dnf-history.sqlite', 'glibc 2.34-60.el9 x86_64 test-repo-baseos', 5],
    ['matching-dnf-history.sqlite', 'libgcc 11.2.1-9.fc35 x86_64 fedora-baseos-35', 4],
  ])('%s', (name, first, count) => {
    const path = sharedData(`fixtures/pkgdb/dnf/${name}`);
    const { repositories, problems } = read(readFileSync(path ?? ''));
    const lines = repositories?.origins.map((o) => `${o.name} ${o.version} ${o.arch} ${o.repoid}`) ?? [];
    expect(problems).toEqual([]);
    expect(lines[0]).toBe(first);
    expect(lines).toHaveLength(count);
  });
});
