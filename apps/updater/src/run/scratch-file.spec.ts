import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ScratchFile } from './scratch-file.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'scratch-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

it('gives back what was put, is cleared between documents, and is gone afterwards', async () => {
  const path = join(directory, 'scratch');
  const scratch = new ScratchFile(path);
  scratch.clear();
  expect(existsSync(path)).toBe(false);
  expect([scratch.append(Buffer.from('first')), scratch.append(Buffer.from('second'))]).toEqual([0, 5]);
  const into = Buffer.alloc(6);
  scratch.read(3, into);
  expect(into.toString()).toBe('stseco');
  expect((await stat(path)).mode & 0o777).toBe(0o600);

  scratch.clear();
  expect((await stat(path)).size).toBe(0);
  expect(scratch.append(Buffer.from('other!'))).toBe(0);
  scratch.read(0, into);
  expect(into.toString()).toBe('other!');
  expect(() => scratch.read(1, into)).toThrow(RangeError);

  scratch.remove();
  expect(existsSync(path)).toBe(false);
});
