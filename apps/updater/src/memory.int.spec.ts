import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const SCRIPT = fileURLToPath(new URL('testing/parse-large-document.ts', import.meta.url));

it('a document of 200 MB is read in less than 512 MiB of memory', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, '200']);
  const read: { advisories: number; rejectedRecords: number; written: number; peakBytes: number } = JSON.parse(stdout);
  expect(read.written).toBeGreaterThan(199_000_000);
  expect(read.advisories).toBeGreaterThan(100_000);
  expect(read.rejectedRecords).toBe(0);
  expect(read.peakBytes).toBeLessThan(512 * 1024 * 1024);
});
