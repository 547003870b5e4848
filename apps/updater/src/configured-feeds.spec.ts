import { readConfigValue } from '@clair/service-kit';
import { describe, expect, it } from 'vitest';
import { configuredFeeds, readFeedConfiguration } from './configured-feeds.ts';

function read(updaters: Record<string, unknown>) {
  const reading = readConfigValue({ updaters });
  if (!reading.ok) throw new Error(JSON.stringify(reading.error));
  const feeds = readFeedConfiguration(reading.value.config.updaters);
  if (!feeds.ok) return { problems: feeds.error };
  return { ids: feeds.value.feeds.map(({ feed }) => feed.id), warnings: feeds.value.warnings };
}

describe('readFeedConfiguration', () => {
  it.each([
    [{}, expect.arrayContaining(['alpine', 'debian'])],
    [{ sets: ['debian'] }, ['debian']],
    [{ filter: '^alp' }, ['alpine']],
    [{ sets: ['debian', 'alpine'], filter: 'deb|ian' }, ['debian']],
    [{ sets: ['clair.cvss'], config: { 'clair.cvss': { feed_root: 'https://example.org/nvd' } } }, ['nvd']],
    [{ sets: ['debian'], config: { debian: { json_url: 'https://example.org/' } } }, ['debian']],
  ])('%j runs %j', (updaters, ids) => {
    expect(read(updaters)).toEqual({ ids, warnings: [] });
  });

  it.each([
    [{ sets: ['debain'] }, /updaters\.sets: there is no set debain; known: .*debian/],
    [{ config: { debain: {} } }, /updaters\.config: there is no set debain/],
    [
      { config: { debian: { jsonurl: 'https://example.org/' } } },
      /updaters\.config\.debian: unknown key jsonurl; known: json_url/,
    ],
  ])('%j is an error that names what is known', (updaters, message) => {
    expect(read(updaters).problems).toEqual([expect.stringMatching(message)]);
  });

  it('tells all problems at once', () => {
    expect(read({ sets: ['x', 'y'], config: { alpine: { a: 1, b: 2 } }, filter: 'alpine' }).problems).toHaveLength(2);
    expect(read({ sets: ['x', 'alpine'], config: { alpine: { a: 1, b: 2 } } }).problems).toHaveLength(3);
  });

  it('warns of sets that only Clair has, and when nothing runs', () => {
    const { ids, warnings } = read({ sets: ['debian', 'rhcc'], config: { rhcc: { url: 'https://example.org/' } } });
    expect(ids).toEqual(['debian']);
    expect(warnings).toEqual([expect.stringContaining('rhcc'), expect.stringContaining('rhcc')]);
    expect(read({ filter: 'nothing' })).toEqual({ ids: [], warnings: [expect.stringContaining('no feed runs')] });
    expect(read({ sets: [] }).ids).toEqual([]);
  });

  it.each([
    [{ 'ubuntu/updater/jammy': { url: 'https://example.org/' } }, /single updater of Clair/],
    [{ 'oracle-2024-updater': {} }, /single updater of Clair/],
    [{ ubuntu: { force: [] } }, /force is a key of Clair that has no effect here/],
    [{ 'rhel-vex': { compressed_file_timeout: '2m' } }, /compressed_file_timeout is a key of Clair/],
  ])('takes %j of a Clair configuration, and says what it does not do', (config, warning) => {
    expect(read({ config })).toMatchObject({ warnings: [expect.stringMatching(warning)] });
  });

  it('throws with every problem for the service', () => {
    const reading = readConfigValue({ updaters: { sets: ['a-set', 'b-set'] } });
    if (!reading.ok) throw new Error('a configuration');
    expect(() => configuredFeeds(reading.value.config)).toThrow(/a-set.*; .*b-set/);
  });
});
