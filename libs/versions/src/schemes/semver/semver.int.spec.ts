import { spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createRandom, type Random } from '@clair/testing';
import { describe, expect, it } from 'vitest';
import { semver } from './index.ts';
import { parseNpmRange, satisfies } from './npm-range.ts';

const PAIRS = 8_000;
const RANGES = 8_000;
const VERSIONS_PER_RANGE = 10;

/** What is asked of npm's own parser. */
interface NodeSemver {
  valid(text: string, options: object): string | null;
  compare(a: string, b: string, options: object): number;
  validRange(text: string, options: object): string | null;
  satisfies(version: string, range: string, options: object): boolean;
}

/** The parser that npm carries; `undefined` where there is no npm, or one whose `~` does not yet count pre-releases as its x-ranges do. */
function npmSemver(): NodeSemver | undefined {
  const program = spawnSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).stdout?.trim() ?? '';
  if (!existsSync(program)) return undefined;
  const folder = join(dirname(realpathSync(program)), '..', 'node_modules', 'semver');
  if (!existsSync(folder)) return undefined;
  const found: NodeSemver = createRequire(import.meta.url)(folder);
  return found.satisfies('1.2.0-a', '~1.2', { includePrerelease: true }) ? found : undefined;
}

const npm = npmSemver();

const number = (random: Random) => random.pick(['0', '0', '1', '1', '2', '3', '10', '01']);
const identifier = (random: Random) => random.pick(['0', '1', '2', '01', 'a', 'beta', 'rc1', '-', 'x', '0a', 'A']);

function core(random: Random): string {
  const prerelease = random.pick([
    '',
    '',
    `-${identifier(random)}`,
    `-${identifier(random)}.${identifier(random)}`,
    identifier(random),
  ]);
  return `${number(random)}.${number(random)}.${number(random)}${prerelease}`;
}

const version = (random: Random) =>
  random.pick(['', '', 'v', '=', ' ']) + core(random) + random.pick(['', '', '+b', '+b.1', '.1', '-', '.', '+']);

function partial(random: Random): string {
  const xr = () => random.pick(['0', '0', '1', '1', '2', 'x', 'X', '*']);
  const count = random.int(1, 4);
  return random.pick(['', '', 'v']) + (count === 4 ? core(random) : Array.from({ length: count }, xr).join('.'));
}

function range(random: Random): string {
  const operator = () => random.pick(['', '', '>', '<', '>=', '<=', '=', '~', '^', '~>', '==', '>= ', '^ ', '~ ']);
  const simple = () => operator() + partial(random);
  const set = () => random.pick([simple(), `${simple()}  ${simple()}`, `${partial(random)} - ${partial(random)}`]);
  return random.pick([set(), set(), `${set()}||${set()}`, `${set()} || ${set()}`]);
}

describe.skipIf(npm === undefined)(
  `beside the npm of this machine${npm === undefined ? ' (skipped: there is none)' : ''}`,
  () => {
    it('takes the same three-number versions and orders them alike', () => {
      const random = createRandom(20_260_801);
      const different: string[] = [];
      const seen = new Set<unknown>();
      for (let i = 0; i < PAIRS; i++) {
        const [a, b] = [version(random), version(random)];
        const [left, right] = [semver.parse(a), semver.parse(b)];
        const isValid = npm?.valid(a, { loose: true }) !== null;
        // Of four numbers npm makes a pre-release where the third has two digits: 1.2.10.1 is 0.1 of 1.2.1.
        if (left.ok !== isValid && !/^[v=\s]*\d+\.\d+\.\d\d+\./.test(a))
          different.push(`${a}: ${left.ok}, npm ${isValid}`);
        if (!left.ok || !right.ok) continue;
        const theirs = npm?.compare(a, b, { loose: true });
        seen.add(theirs);
        if (Math.sign(semver.compare(left.value, right.value)) !== theirs)
          different.push(`${a} <=> ${b}: npm ${theirs}`);
      }
      expect(different).toEqual([]);
      expect(seen).toEqual(new Set([-1, 0, 1]));
    });

    it('reads ranges alike', () => {
      const random = createRandom(20_260_802);
      const different: string[] = [];
      const seen = { true: 0, false: 0, refused: 0 };
      for (let i = 0; i < RANGES; i++) {
        const text = range(random);
        const options = { includePrerelease: random.pick([true, false]) };
        const parsed = parseNpmRange(text, options);
        const simplified = npm?.validRange(text, { ...options, loose: true }) ?? null;
        if (!parsed.ok) {
          seen.refused++;
          if (npm?.validRange(text, options) !== null) different.push(`${text}: refused, npm does not`);
          continue;
        }
        if (simplified === null) different.push(`${text}: npm refuses it`);
        // npm makes `1.0.0-a || *` a plain `*`, and forgets the pre-release that the first set asks for.
        if (simplified === '*' && text.includes('||')) continue;
        for (let j = 0; j < VERSIONS_PER_RANGE; j++) {
          const candidate = core(random);
          const value = semver.parse(candidate);
          const ours = value.ok && satisfies(value.value, parsed.value);
          const theirs = npm?.satisfies(candidate, text, { ...options, loose: true });
          seen[`${ours}`]++;
          if (ours !== theirs)
            different.push(`${candidate} in ${text} ${JSON.stringify(options)}: ${ours}, npm ${theirs}`);
        }
      }
      expect(different).toEqual([]);
      expect(Object.values(seen).every((count) => count > 100)).toBe(true);
    });
  },
);
