import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const OUTPUT_BYTES_MAX = 2 ** 30;

/** The standard output of a program (`tar`, `zstd`, `bzip2`, `zip`); throws when it is not there or fails. */
export function run(program: string, args: readonly string[], { cwd = '.', input = Buffer.alloc(0) } = {}): Buffer {
  return execFileSync(program, args, { cwd, input, maxBuffer: OUTPUT_BYTES_MAX });
}

export function unpack(archive: string, directory: string): void {
  mkdirSync(directory, { recursive: true });
  run('tar', ['--zstd', '-xf', archive, '-C', directory]);
}

/** With the directories above it. */
export function write(path: string, content: string | Buffer): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
