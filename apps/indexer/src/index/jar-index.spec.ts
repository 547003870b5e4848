import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { javaScanner, scannedFile } from '@clair/scanners';
import { zipArchive } from '@clair/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openJarIndex } from './jar-index.ts';

const UNNAMED = zipArchive({ 'a/B.class': 'x' });
const NAMED = zipArchive({
  'a/B.class': 'x',
  'META-INF/maven/org.a/a/pom.properties': 'groupId=org.a\nartifactId=a\nversion=1\n',
});
const STRANGE = zipArchive({ 'a/C.class': 'y' });

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clair-jar-index-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function writeIndex(...archives: readonly Uint8Array[]): string {
  const path = join(folder, 'index.db');
  const db = new DatabaseSync(path);
  db.exec(`create table artifacts(id integer primary key, group_id text, artifact_id text);
    create table indices(artifact_id integer, version text, sha1 blob, archive_type text);
    insert into artifacts values (1, 'org.known', 'known');`);
  const insert = db.prepare("insert into indices values (1, '2.0', ?, 'jar')");
  for (const bytes of archives) insert.run(createHash('sha1').update(bytes).digest());
  db.close();
  return path;
}

function found(bytes: Uint8Array, path: string): readonly string[] {
  const content = { size: bytes.length, read: (at: number, length: number) => bytes.subarray(at, at + length) };
  const read = javaScanner(openJarIndex(path)).read(scannedFile('app/thing.jar', content, String));
  if (!read.ok) return [read.error.reason];
  const problems = read.value.problems.map((one) => (typeof one === 'string' ? one : one.kind));
  return [...read.value.packages.map(({ name, version }) => `${name}@${version}`), ...problems];
}

describe('an index of archives', () => {
  it('names those that do not name themselves', () => {
    const path = writeIndex(UNNAMED, NAMED);
    expect(found(UNNAMED, path)).toEqual(['org.known:known@2.0']);
    expect(found(NAMED, path)).toEqual(['org.a:a@1']);
    expect(found(STRANGE, path)).toEqual(['unidentified']);
    expect(found(zipArchive({ 'lib/x.jar': UNNAMED }), path)).toEqual(['org.known:known@2.0']);
  });

  it('makes another scanner of it when it is another', () => {
    const first = javaScanner(openJarIndex(writeIndex())).version;
    expect(first).not.toBe(javaScanner().version);
    writeFileSync(join(folder, 'index.db'), '');
    rmSync(join(folder, 'index.db'));
    expect(javaScanner(openJarIndex(writeIndex(UNNAMED))).version).not.toBe(first);
  });

  it.each([
    ['is not there', () => join(folder, 'none.db')],
    [
      'is none',
      () => {
        writeFileSync(join(folder, 'text.db'), 'a text that is longer than the header of a database. '.repeat(5));
        return join(folder, 'text.db');
      },
    ],
  ])('that %s is refused with its key', (_, path) => {
    expect(() => openJarIndex(path())).toThrow('indexer.java_index_file: ');
  });
});
