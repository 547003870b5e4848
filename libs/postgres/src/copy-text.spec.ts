import { expect, it } from 'vitest';
import { copyChunks, copyLine } from './copy-text.ts';
import type { CopyRow } from './database.ts';

const CASES: readonly (readonly [string, CopyRow, string])[] = [
  ['null and the text \\N differ', [null, '\\N'], '\\N\t\\\\N\n'],
  ['the empty string is not null', ['', 'x'], '\tx\n'],
  ['separators', ['a\tb\nc\rd\\e'], 'a\\tb\\nc\\rd\\\\e\n'],
  ['the end-of-data mark as text', ['\\.'], '\\\\.\n'],
  ['NUL becomes the replacement character', ['a\u0000b'], 'a\uFFFDb\n'],
  ['numbers', [0, -1.5, 9007199254740993n, Number.NaN], '0\t-1.5\t9007199254740993\tNaN\n'],
  ['booleans', [true, false], 't\tf\n'],
  ['bytes', [new Uint8Array([0, 255, 92])], '\\\\x00ff5c\n'],
  ['a view into a larger buffer', [new Uint8Array([1, 2, 3, 4]).subarray(1, 3)], '\\\\x0203\n'],
  ['a date', [new Date(Date.UTC(2024, 0, 2, 3, 4, 5, 6))], '2024-01-02T03:04:05.006Z\n'],
  ['arrays', [[], [1, 2], ['a,b', '"', '\\', 'NULL', '']], '{}\t{1,2}\t{"a,b","\\\\"","\\\\\\\\","NULL",""}\n'],
];

it.each(CASES)('writes %s', (_name, row, expected) => {
  expect(copyLine(row)).toBe(expected);
});

it('gathers lines into chunks of at least 64 KiB, and loses none', async () => {
  const rows = Array.from({ length: 5_000 }, (_, index) => [index, 'x'.repeat(30)]);
  const chunks: Buffer[] = [];
  for await (const chunk of copyChunks(rows)) chunks.push(chunk);
  expect(chunks.length).toBeGreaterThan(1);
  for (const chunk of chunks.slice(0, -1)) expect(chunk.length).toBeGreaterThanOrEqual(64 * 1024);
  expect(Buffer.concat(chunks).toString()).toBe(rows.map((row) => copyLine(row)).join(''));
});
