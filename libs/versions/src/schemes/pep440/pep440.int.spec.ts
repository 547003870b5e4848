import { spawnSync } from 'node:child_process';
import { createRandom, type Random } from '@clair/testing';
import { describe, expect, it } from 'vitest';
import { pep440 } from './index.ts';

const PAIRS = 20_000;
const PIECES = '0 1 01 9 10 99999999999999999999 . . - _ ! + a b c rc alpha Beta PREVIEW post rev r dev DEV v x'.split(
  ' ',
);
/** packaging 22 is the first that knows no legacy versions. */
const SCRIPT = `
import sys
import packaging
from packaging.version import Version, InvalidVersion
if int(packaging.__version__.split('.')[0]) < 22: sys.exit(1)
def version(text):
    try: return Version(text)
    except InvalidVersion: return None
for line in sys.stdin:
    a, b = (version(text) for text in line.rstrip('\\n').split('\\t'))
    print('malformed' if a is None or b is None else (a > b) - (a < b))
`;

/** How Python's own library orders each pair; `undefined` where there is none. */
function packagingOrders(pairs: readonly (readonly [string, string])[]): readonly string[] | undefined {
  const input = pairs.map(([a, b]) => `${a}\t${b}\n`).join('');
  const run = spawnSync('python3', ['-c', SCRIPT], { input, encoding: 'utf8' });
  return run.status === 0 ? run.stdout.trim().split('\n') : undefined;
}

function ourOrder(a: string, b: string): string {
  const left = pep440.parse(a);
  const right = pep440.parse(b);
  return left.ok && right.ok ? String(Math.sign(pep440.compare(left.value, right.value)) + 0) : 'malformed';
}

function suffix(random: Random): string {
  const word = random.pick([
    'a',
    'b',
    'rc',
    'alpha',
    'c',
    'preview',
    'post',
    'r',
    'rev',
    'dev',
    '-',
    '+',
    '+a.',
    '+ab-1_',
  ]);
  const number = random.pick(['', '0', '1', '2', '10', '01']);
  return random.pick([
    '',
    '',
    '',
    `${random.pick(['', '.', '-', '_'])}${word}${random.pick(['', '', '.', '-'])}${number}`,
  ]);
}

/** Mostly versions, often nearly equal; some are not. */
function version(random: Random): string {
  const epoch = random.pick(['', '', '', '', '0!', '1!', 'v', 'v1!']);
  const release = random.pick(['1', '1.0', '1.0.0', '1.0.1', '0', '1.10', '01']);
  const slip = random.int(0, 9) === 0 ? random.pick(PIECES) : '';
  return `${epoch}${release}${suffix(random)}${suffix(random)}${slip}${suffix(random)}`;
}

const knowsPackaging = packagingOrders([['1', '2']])?.[0] === '-1';

describe.skipIf(!knowsPackaging)(
  `beside the packaging library of this machine${knowsPackaging ? '' : ' (skipped: there is none)'}`,
  () => {
    it('takes, refuses and orders alike', () => {
      const random = createRandom(20_261_124);
      const pairs = Array.from({ length: PAIRS }, () => [version(random), version(random)] as const);
      const theirs = packagingOrders(pairs) ?? [];
      expect(theirs).toHaveLength(PAIRS);
      const different = pairs.flatMap(([a, b], i) => {
        const ours = ourOrder(a, b);
        return ours === theirs[i] ? [] : [`${a} <=> ${b}: ${ours}, packaging ${theirs[i]}`];
      });
      expect(different).toEqual([]);
      expect(new Set(theirs)).toEqual(new Set(['-1', '0', '1', 'malformed']));
    });
  },
);
