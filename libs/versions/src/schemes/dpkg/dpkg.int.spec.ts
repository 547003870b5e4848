import { spawnSync } from 'node:child_process';
import { createRandom, type Random } from '@clair/testing';
import { describe, expect, it } from 'vitest';
import { compareVersions } from '../../registry.ts';
import { dpkg } from './index.ts';

const PAIRS = 400;
const TEXTS = 400;
const hasDpkg = spawnSync('dpkg', ['--version']).status === 0;

/** dpkg answers with its exit status: 0 yes, 1 no, 2 an error. */
function dpkgSays(...args: readonly string[]): number | null {
  return spawnSync('dpkg', args, { stdio: 'ignore' }).status;
}

function dpkgOrder(a: string, b: string): number {
  if (dpkgSays('--compare-versions', a, 'lt', b) === 0) return -1;
  return dpkgSays('--compare-versions', a, 'eq', b) === 0 ? 0 : 1;
}

/** A version that reads like one, built from few pieces so that two of them are often nearly equal. */
function version(random: Random): string {
  const part = () =>
    random.pick(['0', '1', '01', '9', '10', '010', '99999999999', 'a', 'b', 'Z', '~', '~rc', '+', '.', '.', '+deb']);
  const run = () => Array.from({ length: random.int(0, 4) }, part).join('');
  const epoch = random.pick(['', '', '', '0:', '1:']);
  const revision = random.pick(['', '', `-${run()}1`, '-0', `-1-${run()}2`]);
  return `${epoch}${random.int(0, 2)}${run()}${revision}`;
}

describe.skipIf(!hasDpkg)(`beside the dpkg of this machine${hasDpkg ? '' : ' (skipped: there is none)'}`, () => {
  it('orders alike', () => {
    const random = createRandom(20_260_401);
    const different: string[] = [];
    for (let i = 0; i < PAIRS; i++) {
      const a = version(random);
      const b = version(random);
      const ours = compareVersions('dpkg', a, b);
      const theirs = dpkgOrder(a, b);
      if (!ours.ok || Math.sign(ours.value) !== theirs)
        different.push(`${a} <=> ${b}: ${JSON.stringify(ours)}, dpkg ${theirs}`);
    }
    expect(different).toEqual([]);
  });

  it('refuses alike', () => {
    const random = createRandom(7);
    const different: string[] = [];
    for (let i = 0; i < TEXTS; i++) {
      // Not a hyphen first: that would be an option to dpkg. Not a line break: it cuts dpkg's own message.
      const text = random.text('01a~+:_ <é', 1) + random.text('001a.~+:--_ <é', random.int(0, 6));
      const theirs = dpkgSays('--validate-version', text) === 0;
      if (dpkg.parse(text).ok !== theirs)
        different.push(`${JSON.stringify(text)}: dpkg ${theirs ? 'takes' : 'refuses'} it`);
    }
    expect(different).toEqual([]);
  });
});
