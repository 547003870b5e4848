import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';

/** The files of a `.tar.zst` whose path `wanted` picks, as text by path; none without an archive. */
export function archiveTexts(
  archive: string | undefined,
  wanted: (path: string) => boolean,
): ReadonlyMap<string, string> {
  if (archive === undefined) return new Map();
  const input = zstdDecompressSync(readFileSync(archive));
  const listed = execFileSync('tar', ['-t', '--quoting-style=literal'], { input, encoding: 'utf8' }).split('\n');
  const paths = listed.filter((path) => path !== '' && !path.endsWith('/') && wanted(path));
  const directory = mkdtempSync(join(tmpdir(), 'archive-'));
  try {
    execFileSync('tar', ['-x', '-C', directory], { input });
    return new Map(paths.map((path) => [path, readFileSync(join(directory, path), 'utf8')]));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
