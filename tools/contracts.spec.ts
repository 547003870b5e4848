import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { compareFolders } from './contracts.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'contracts-'));
  for (const folder of ['wanted', 'actual']) mkdirSync(join(root, folder));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

it('finds nothing between equal folders', () => {
  for (const folder of ['wanted', 'actual']) write(`${folder}/clair/a.ts`, 'a');
  expect(compareFolders(join(root, 'wanted'), join(root, 'actual'))).toEqual([]);
});

it('finds what is stale, missing or left over, at any depth', () => {
  write('wanted/clair/v1/a.ts', 'new');
  write('actual/clair/v1/a.ts', 'old');
  write('wanted/b.binpb', 'b');
  write('actual/clair/gone/v1/c.ts', 'c');
  expect(compareFolders(join(root, 'wanted'), join(root, 'actual'))).toEqual([
    { file: 'b.binpb', kind: 'missing' },
    { file: 'clair/gone/v1/c.ts', kind: 'unexpected' },
    { file: 'clair/v1/a.ts', kind: 'stale' },
  ]);
});
