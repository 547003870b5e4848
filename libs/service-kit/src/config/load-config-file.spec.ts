import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfigFile } from './load-config-file.ts';

describe('loadConfigFile', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'clair-config-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const write = (name: string, text: string): string => {
    const path = join(folder, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, text);
    return path;
  };

  it('applies the drop-ins in lexical order and names those that it leaves out', () => {
    const path = write('config.yaml', 'log_level: warn\nupdaters: {sets: [debian]}\n');
    write('config.yaml.d/20-b.json', '{"log_level":"error"}');
    write('config.yaml.d/10-a.yaml', 'log_level: fatal\nmatcher: {period: 1h}\n');
    write('config.yaml.d/30.yaml-patch', '[{op: add, path: /updaters/sets/-, value: alpine}]');
    for (const name of ['99.yaml.bak', '..data.yml', 'c.yaml~']) write(`config.yaml.d/${name}`, 'log_level: [');
    const other = write('config.yaml.d/c.yml', 'log_level: [');
    const reading = loadConfigFile(path);
    const message = 'is left out: a drop-in ends in .yaml, .json, .yaml-patch or .json-patch';
    expect(reading.ok && reading.value.warnings).toEqual([{ at: other, message }]);
    expect(reading.ok && reading.value.config).toMatchObject({
      log_level: 'error',
      matcher: { period: '1h' },
      updaters: { sets: ['debian', 'alpine'] },
    });
  });

  it('reads secrets from the files it names', () => {
    const secret = write('db', 'host=db\n');
    const path = write('config.json', JSON.stringify({ indexer: { connstring_file: secret } }));
    const reading = loadConfigFile(path);
    expect(reading.ok && reading.value.config.indexer.connstring).toBe('host=db');
  });

  it.each([
    ['absent.yaml', 'there is no such file'],
    ['config.toml', 'must be a .yaml or .json file'],
    ['x.yaml-patch', 'must be a .yaml or .json file'],
  ])('%s is a problem', (name, message) => {
    const path = join(folder, name);
    expect(loadConfigFile(path)).toEqual({ ok: false, error: [{ at: path, message }] });
  });

  it('names the drop-in that is broken', () => {
    const path = write('config.yaml', 'log_level: warn\n');
    const broken = write('config.yaml.d/1.json', '{');
    const reading = loadConfigFile(path);
    expect(!reading.ok && reading.error.map(({ at }) => at)).toEqual([broken]);
  });
});
