import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterAll, describe, expect, it } from 'vitest';
import { CommandError } from './api.ts';
import { readSbomFile, sbomFileOf } from './sbom-file.ts';

const directory = mkdtempSync(join(tmpdir(), 'sbom-file-'));
const NEVER = new AbortController().signal;
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function fileWith(content: string | Uint8Array): string {
  const path = join(directory, 'sbom.json');
  writeFileSync(path, content);
  return path;
}

describe('readSbomFile', () => {
  it.each([
    ['JSON', '{"a":1}', { a: 1 }],
    ['JSON with a byte order mark', '\ufeff{"a":1}', { a: 1 }],
  ])('reads %s', async (_, content, value) => {
    expect(await readSbomFile(fileWith(content), NEVER)).toEqual(value);
    expect(await readSbomFile('-', NEVER, Readable.from([Buffer.from(content)]))).toEqual(value);
  });

  it.each([
    ['XML', () => fileWith('<bom/>'), 'it is not JSON (CycloneDX in XML'],
    ['an empty file', () => fileWith(''), 'it is not JSON'],
    ['no file', () => join(directory, 'none'), 'it cannot be read: ENOENT'],
    ['a directory', () => directory, 'it cannot be read: EISDIR'],
    ['no name', () => '', 'sbom:: name a file'],
  ])('refuses %s with a sentence', async (_, path, sentence) => {
    const reading = readSbomFile(path(), NEVER);
    await expect(reading).rejects.toBeInstanceOf(CommandError);
    await expect(reading).rejects.toThrow(sentence);
  });

  it('refuses what is larger than a service takes', async () => {
    const path = fileWith('');
    truncateSync(path, 64 * 1024 * 1024 + 1);
    await expect(readSbomFile(path, NEVER)).rejects.toThrow('it has more than 64 MiB');
  });

  it('stops waiting for input when it is interrupted', async () => {
    const interrupted = new AbortController();
    const reading = readSbomFile('-', interrupted.signal, new PassThrough());
    interrupted.abort();
    await expect(reading).rejects.toThrow(/abort/i);
  });
});

it.each([
  ['sbom:a.json', 'a.json'],
  ['sbom:-', '-'],
  ['sbom:/a:b', '/a:b'],
  ['debian:12', undefined],
  ['example/sbom:1', undefined],
])('%s names the document %s', (text, file) => {
  expect(sbomFileOf(text)).toBe(file);
});
