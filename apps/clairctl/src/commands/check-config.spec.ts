import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkConfig } from './check-config.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'clair-check-config-'));
});

afterEach(() => rmSync(directory, { recursive: true }));

async function check(updaters: object) {
  const file = join(directory, 'config.json');
  writeFileSync(file, JSON.stringify({ updaters }));
  const said = { out: [] as string[], err: [] as string[] };
  const terminal = {
    out: (text: string) => void said.out.push(text),
    err: (text: string) => void said.err.push(text.replace(`${file}: `, '').trimEnd()),
  };
  const exitCode = await checkConfig([file], { out: 'json', mode: 'combo' }, terminal);
  return { exitCode, ...said };
}

const WRONG = { sets: ['debian', 'nosuch'], config: { debian: { jsonurl: 'x' }, nosuch: {} } };

it('refuses updaters that the server refuses, with all that is wrong', async () => {
  const { exitCode, out, err } = await check(WRONG);
  expect([exitCode, out]).toEqual([1, []]);
  expect(err).toEqual([
    expect.stringMatching(/^error: updaters\.sets: there is no set nosuch/),
    expect.stringMatching(/^error: updaters\.config: there is no set nosuch/),
    expect.stringMatching(/^error: updaters\.config\.debian: unknown key jsonurl/),
  ]);
});

it('warns of sets that only Clair has, as the server does', async () => {
  const { exitCode, out, err } = await check({ sets: ['debian', 'rhcc'] });
  expect([exitCode, JSON.parse(out.join('')).updaters.sets]).toEqual([0, ['debian', 'rhcc']]);
  expect(err).toContainEqual(expect.stringMatching(/^warning: updaters\.sets: rhcc is a set of Clair/));
});
