import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Candidate } from './real-case.ts';

/** Whether the machine has the program. */
export function hasProgram(name: string): boolean {
  return spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0;
}

/** Runs `use` with a directory that is gone afterwards. */
export function inTemporaryDirectory<T>(use: (directory: string) => T): T {
  const directory = mkdtempSync(join(tmpdir(), 'real-'));
  try {
    return use(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The members of a `.tar.zst` in a directory. */
export function unpack(archive: string, directory: string): void {
  execFileSync('sh', ['-c', 'zstd -dc "$0" | tar -x -C "$1"', archive, directory]);
}

/** Those in range, as rpm orders versions (`rpm.vercmp` of its Lua, which reads epoch, version and release). */
export function inRangeOfRpm(candidates: readonly Candidate[]): readonly Candidate[] {
  // Without a percent sign, which rpm would take for a macro.
  const loop = (pairs: string): string =>
    `local lines = io.lines('${pairs}'); for a in lines do io.stdout:write(rpm.vercmp(a, lines()), string.char(10)) end`;
  return inRange(candidates, (pairs) => ['rpm', '--eval', `%{lua: ${loop(pairs)}}`]);
}

/** Those in range, as dpkg orders versions. */
export function inRangeOfDpkg(candidates: readonly Candidate[]): readonly Candidate[] {
  const loop =
    'while read -r a && read -r b; do if dpkg --compare-versions "$a" lt "$b"; then echo -1; else echo 1; fi; done <"$0"';
  return inRange(candidates, (pairs) => ['sh', '-c', loop, pairs]);
}

/** `command` prints the order of each pair of lines in a file. */
function inRange(
  candidates: readonly Candidate[],
  command: (pairs: string) => readonly [string, ...string[]],
): readonly Candidate[] {
  const pairOf = ({ version, bound }: Candidate): string => `${version}\n${bound}\n`;
  const pairs = [...new Set(candidates.map(pairOf))];
  const printed = inTemporaryDirectory((directory) => {
    const file = join(directory, 'pairs');
    writeFileSync(file, pairs.join(''));
    const [program, ...args] = command(file);
    return execFileSync(program, args, { maxBuffer: 100_000_000 }).toString();
  });
  const numbers = printed.trim().split('\n').map(Number);
  if (numbers.length !== pairs.length)
    throw new Error(`${pairs.length} pairs were to be compared, not ${numbers.length}`);
  const orders = new Map(pairs.map((pair, index) => [pair, numbers[index]]));
  return candidates.filter((candidate) => {
    const order = orders.get(pairOf(candidate));
    return order === -1 || (candidate.isInclusive === true && order === 0);
  });
}
