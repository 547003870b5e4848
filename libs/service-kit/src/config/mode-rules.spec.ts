import { err, ok } from '@clair/model';
import { describe, expect, it } from 'vitest';
import { connstringKey, type Mode } from './mode-rules.ts';
import { problemLine } from './problem.ts';
import { type ReadConfigOptions, readConfigValue } from './read-config.ts';

function configOf(document: unknown, options: ReadConfigOptions) {
  const reading = readConfigValue(document, options);
  if (!reading.ok) throw new Error(reading.error.map(problemLine).join('\n'));
  return reading.value.config;
}

describe('connstringKey', () => {
  const files = { readSecret: () => ok('host=a') };
  const matcher = { connstring: 'host=a' };
  it.each<[string, object, Mode, (string | undefined)[]]>([
    ['one for all', { matcher }, 'combo', ['matcher', 'matcher', 'matcher', 'matcher']],
    ['its own', { matcher, notifier: matcher }, 'combo', ['matcher', 'matcher', 'matcher', 'notifier']],
    [
      'the matcher’s for the updater',
      { indexer: matcher, matcher },
      'updater',
      ['indexer', 'matcher', 'matcher', 'notifier'],
    ],
  ])('%s', (_, document, mode, owners) => {
    const config = configOf({ nats: { servers: ['a'] }, updater: { matcher_addr: 'a:1' }, ...document }, { mode });
    const keys = (['indexer', 'matcher', 'updater', 'notifier'] as const).map((service) =>
      connstringKey(config, service),
    );
    expect(keys).toEqual(owners.map((owner) => `${owner}.connstring`));
    // Whoever copies a section takes it along.
    expect(connstringKey({ ...config, updater: { ...config.updater } }, 'updater')).toBe(keys[2]);
    expect(JSON.stringify(config)).not.toContain('taken');
  });

  it('is the key of the file that holds it', () => {
    const config = configOf({ indexer: { connstring_file: '/db' } }, files);
    expect(connstringKey(config, 'notifier')).toBe('indexer.connstring_file');
  });
});

it.each<[string, object, Mode]>([
  ['auth.psk.key_file', { auth: { psk: { key_file: '/nosuch', iss: ['a'] } } }, 'combo'],
  ['matcher.connstring_file', { matcher: { connstring_file: '/nosuch', indexer_addr: 'a:1' } }, 'matcher'],
  ['matcher.connstring_file', { matcher: { connstring_file: '/nosuch' }, updater: { matcher_addr: 'a:1' } }, 'updater'],
])('%s that cannot be read is not missing as well', (at, document, mode) => {
  const readSecret = () => err('there is no such file');
  const nats = mode === 'combo' ? {} : { nats: { servers: ['nats://a'] } };
  const problems = [{ at, message: 'there is no such file' }];
  expect(readConfigValue({ ...nats, ...document }, { mode, readSecret })).toEqual(err(problems));
});
