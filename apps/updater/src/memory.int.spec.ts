import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { zstdCompressSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { withWorkDirectory } from './run/work-directory.ts';
import { tarOf, zipOf } from './testing/archives.ts';
import { lines } from './testing/lines-feed.ts';

const PEAK_BYTES_MAX = 512 * 1024 * 1024;

interface ReadResult {
  readonly advisories: number;
  readonly rejectedRecords: number;
  readonly written: number;
  readonly peakBytes: number;
}

/** What a process of its own says it did, so that its memory is its own. */
async function readIn(script: string, args: readonly string[]): Promise<ReadResult> {
  const path = fileURLToPath(new URL(`testing/${script}`, import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [path, ...args]);
  return JSON.parse(stdout);
}

it('a document of 200 MB is read in less than 512 MiB of memory', async () => {
  const read = await readIn('parse-large-document.ts', ['200']);
  expect(read.written).toBeGreaterThan(199_000_000);
  expect(read.advisories).toBeGreaterThan(100_000);
  expect(read.rejectedRecords).toBe(0);
  expect(read.peakBytes).toBeLessThan(PEAK_BYTES_MAX);
});

const MEMBERS = 40;
const LINES = 25_000;

it.each<['zip' | 'tar', (entries: readonly { path: string; content: Buffer }[]) => Buffer]>([
  ['zip', zipOf],
  ['tar', (entries) => zstdCompressSync(tarOf(entries))],
])('an archive (%s) of 200 MB is read in less than 512 MiB of memory', async (format, make) => {
  await withWorkDirectory(async (directory) => {
    const told = Array.from({ length: LINES }, (_, i) => `CVE-2024-${i} ${i.toString(36).repeat(200).slice(0, 190)}`);
    const content = Buffer.from(lines(...told));
    expect(content.length * MEMBERS).toBeGreaterThan(199_000_000);
    const path = join(directory, 'archive');
    await writeFile(path, make(Array.from({ length: MEMBERS }, (_, i) => ({ path: `${i}.txt`, content }))));
    const read = await readIn('parse-large-archive.ts', [path, format]);
    expect(read).toMatchObject({ advisories: MEMBERS * LINES, rejectedRecords: 0 });
    expect(read.peakBytes).toBeLessThan(PEAK_BYTES_MAX);
  });
});
