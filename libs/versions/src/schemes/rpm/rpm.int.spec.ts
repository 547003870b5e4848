import { spawnSync } from 'node:child_process';
import { createRandom, type Random } from '@clair/testing';
import { describe, expect, it } from 'vitest';
import { EXPLAINED_ROWS } from '../../testing/explained-rows.ts';
import { rpm } from './index.ts';

const PAIRS = 6_000;
const PIECES = '0 1 01 9 10 99999999999 a ab Z ~ ~rc ^ ^git . . _ + - : el é'.split(' ');
/** So that the script of one call stays far below what a command line may hold. */
const PAIRS_PER_CALL = 500;

/** rpm's order of each pair (−1, 0, 1), from its own Lua; `undefined` where there is no rpm, or one that does not split epoch and release (before 4.16). */
function rpmOrders(pairs: readonly (readonly [string, string])[]): readonly number[] | undefined {
  const text = pairs.map(([a, b]) => `${a} ${b};`).join('');
  const script = `for a, b in string.gmatch("${text}", "([^ ;]+) ([^ ;]+);") do io.write(rpm.vercmp(a, b), " ") end`;
  const run = spawnSync('rpm', ['--eval', `%{lua: ${script}}`], { encoding: 'utf8' });
  return run.status === 0 ? run.stdout.trim().split(/\s+/).map(Number) : undefined;
}

const knowsEpochs = rpmOrders([['1:1', '2-1']])?.[0] === 1;

/** A version that reads like one and that we take (rpm takes every text), built from few pieces so that two of them are often nearly equal. */
function version(random: Random): string {
  const part = () => random.pick(PIECES);
  const run = () => Array.from({ length: random.int(0, 4) }, part).join('');
  const epoch = random.pick(['', '', '', '0:', '1:', '01:', ':', 'a:', '10:']);
  const release = random.pick(['', '', '-', '-0', `-${run()}`, `-1${run()}`, '-1.el9']);
  const text = `${epoch}${random.pick(['1', '1', '0', '2', 'a', '~', '^', '_'])}${run()}${release}`;
  return rpm.parse(text).ok ? text : version(random);
}

function ourOrder(a: string, b: string): number | undefined {
  const left = rpm.parse(a);
  const right = rpm.parse(b);
  return left.ok && right.ok ? Math.sign(rpm.compare(left.value, right.value)) : undefined;
}

describe.skipIf(!knowsEpochs)(`beside the rpm of this machine${knowsEpochs ? '' : ' (skipped: there is none)'}`, () => {
  it('orders alike', () => {
    const random = createRandom(20_260_402);
    const seen = new Set<number>();
    const different: string[] = [];
    for (let done = 0; done < PAIRS; done += PAIRS_PER_CALL) {
      const pairs = Array.from({ length: PAIRS_PER_CALL }, () => [version(random), version(random)] as const);
      const theirs = rpmOrders(pairs) ?? [];
      expect(theirs).toHaveLength(pairs.length);
      for (const [i, [a, b]] of pairs.entries()) {
        const ours = ourOrder(a, b);
        seen.add(theirs[i] ?? Number.NaN);
        if (ours !== theirs[i]) different.push(`${a} <=> ${b}: ${ours}, rpm ${theirs[i]}`);
      }
    }
    expect(different).toEqual([]);
    expect(seen).toEqual(new Set([-1, 0, 1]));
  });

  it.each(Object.keys(EXPLAINED_ROWS.rpm ?? {}))('is with us where the truth table says %j', (row) => {
    const [, not, a = '', operator = '', b = ''] = /^(!\()?(\S+) (\S+) ([^\s)]+)\)?$/.exec(row) ?? [];
    const [order] = rpmOrders([[a, b]]) ?? [];
    expect(order).toBe(ourOrder(a, b));
    const rowHolds = (operator.includes('=') && order === 0) || order === { '<': -1, '>': 1 }[operator[0] ?? ''];
    expect(rowHolds).toBe(not !== undefined);
  });
});
