import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
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

it('prints several files as documents of their own, and names each once in what is wrong with it', async () => {
  const [a, b, absent] = ['a.yaml', 'b.yaml', 'absent.yaml'].map((name) => join(directory, name));
  for (const file of [a, b]) writeFileSync(file ?? '', 'log_level: warn\n');
  const said = { out: '', err: '' };
  const hear = (name: keyof typeof said) => (text: string) => {
    said[name] += text;
  };
  const terminal = { out: hear('out'), err: hear('err') };
  const files = [a ?? '', absent ?? '', b ?? ''];
  expect(await checkConfig(files, { out: 'yaml', mode: 'combo' }, terminal)).toBe(1);
  expect(parseAllDocuments(said.out).map((document) => Object(document.toJS()).log_level)).toEqual(['warn', 'warn']);
  expect(said.out.startsWith(`# ${a}\n`)).toBe(true);
  expect(said.out).toContain(`\n---\n# ${b}\n`);
  expect(said.err).toBe(`${absent}: error: there is no such file\n`);
});
