import { err, ok } from '@clair/model';
import { describe, expect, it } from 'vitest';
import { type ConfigProblem, problemLine } from './problem.ts';
import { type ReadConfigOptions, readConfig, readConfigValue } from './read-config.ts';
import type { ClairConfig } from './schema.ts';

function configOf(document: unknown, options: ReadConfigOptions = {}): ClairConfig {
  const reading = readConfigValue(document, options);
  if (!reading.ok) throw new Error(reading.error.map(problemLine).join('\n'));
  return reading.value.config;
}

function problemsOf(document: unknown, options: ReadConfigOptions = {}): readonly ConfigProblem[] {
  const reading = readConfigValue(document, options);
  return reading.ok ? [] : reading.error;
}

describe('readConfig: secret files', () => {
  const files: Record<string, string> = {
    '/db': 'postgres://clair:pw@db/clair\n',
    '/key': 'c2VjcmV0\n',
    '/old': 'b2xk\n\nb2xkZXI=\n',
    '/empty': '\n',
    '/bad': '%%',
  };
  const readSecret = (path: string) => (path in files ? ok(files[path] ?? '') : err('there is no such file'));

  it('takes connection strings and keys from files', () => {
    const document = {
      indexer: { connstring_file: '/db' },
      auth: { psk: { key_file: '/key', keys_file: '/old', iss: ['quay'] } },
    };
    const config = configOf(document, { readSecret });
    expect(config.indexer.connstring).toBe('postgres://clair:pw@db/clair');
    expect(config.auth.psk).toMatchObject({ key: 'c2VjcmV0', keys: ['b2xk', 'b2xkZXI='] });
  });

  it.each<[unknown, string, string]>([
    [{ indexer: { connstring_file: '/none' } }, 'indexer.connstring_file', 'there is no such file'],
    [{ indexer: { connstring_file: '/empty' } }, 'indexer.connstring_file', 'is an empty file'],
    [{ indexer: { connstring: 'host=a', connstring_file: '/db' } }, 'indexer.connstring_file', 'together with'],
    [{ auth: { psk: { key_file: '/bad', iss: ['a'] } } }, 'auth.psk.key_file', 'is not base64'],
  ])('%j', (document, at, message) => {
    expect(problemsOf(document, { readSecret })).toEqual([{ at, message: expect.stringContaining(message) }]);
  });
});

describe('readConfig: sources', () => {
  const base = { name: 'config.yaml', text: 'log_level: warn\nupdaters:\n  sets: [debian]\nmatcher:\n  period: 2h\n' };

  it.each<[string, { name: string; text: string }[], Record<string, unknown>]>([
    ['nothing', [], { log_level: 'info' }],
    ['an empty file', [{ name: 'c.yaml', text: '' }], { log_level: 'info' }],
    ['JSON', [{ name: 'c.json', text: '{"log_level":"error"}' }], { log_level: 'error' }],
    [
      'a merge replaces lists',
      [base, { name: 'd/1.yaml', text: 'updaters: {sets: [alpine]}' }],
      { updaters: { sets: ['alpine'] } },
    ],
    [
      'a merge keeps the rest',
      [base, { name: 'd/1.json', text: '{"matcher":{"migrations":true}}' }],
      { matcher: { period: '2h', migrations: true } },
    ],
    [
      'a merge with null removes',
      [base, { name: 'd/1.json', text: '{"matcher":null}' }],
      { matcher: { period: '6h' } },
    ],
    [
      'a patch adds to a list',
      [base, { name: 'd/1.json-patch', text: '[{"op":"add","path":"/updaters/sets/-","value":"alpine"}]' }],
      { updaters: { sets: ['debian', 'alpine'] } },
    ],
    [
      'a patch in YAML',
      [base, { name: 'd/1.yaml-patch', text: '- op: replace\n  path: /log_level\n  value: debug\n' }],
      { log_level: 'debug' },
    ],
    [
      'in order',
      [base, { name: 'd/1.yaml', text: 'log_level: error' }, { name: 'd/2.yaml', text: 'log_level: fatal' }],
      { log_level: 'fatal' },
    ],
  ])('%s', (_name, sources, expected) => {
    const reading = readConfig(sources);
    expect(reading.ok && reading.value.config).toMatchObject(expected);
  });

  it.each<[string, string, string]>([
    ['c.yaml', 'a: [', 'is not YAML'],
    ['c.yaml', 'a: 1\na: 2\n', 'is not YAML'],
    ['c.json', '{', 'is not JSON'],
    ['c.toml', 'a = 1', 'neither .yaml nor .json'],
    ['c.json-patch', '{}', 'is not a list'],
    ['c.json-patch', '[{"op":"test","path":"/log_level","value":"x"}]', 'cannot be applied'],
    ['c.json-patch', '[{"op":"replace","path":"/no/such","value":1}]', 'cannot be applied'],
    ['c.json-patch', '[{"op":"add","path":"/__proto__/x","value":1}]', 'cannot be applied'],
    [
      'c.yaml',
      `a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\n`,
      'is not usable YAML',
    ],
    ['c.yaml', `# ${'x'.repeat(1024 * 1024)}`, 'is larger than'],
  ])('%s %j is refused by name', (name, text, message) => {
    const reading = readConfig([base, { name, text }]);
    expect(!reading.ok && reading.error).toEqual([{ at: name, message: expect.stringContaining(message) }]);
  });

  it('reports every source that cannot be read', () => {
    const reading = readConfig([
      { name: 'a.json', text: '{' },
      { name: 'b.json', text: '[' },
    ]);
    expect(!reading.ok && reading.error.map(({ at }) => at)).toEqual(['a.json', 'b.json']);
  });

  it('does not let a key named __proto__ reach a prototype', () => {
    const reading = readConfig([{ name: 'a.json', text: '{"__proto__":{"polluted":true}}' }]);
    expect(!reading.ok && reading.error).toEqual([{ at: '__proto__', message: 'unknown key' }]);
    expect('polluted' in {}).toBe(false);
  });
});
