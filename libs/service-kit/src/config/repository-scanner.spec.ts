import { describe, expect, it } from 'vitest';
import { readConfigValue } from './read-config.ts';
import { repositoryScannerSettings } from './repository-scanner.ts';

const DEFAULT_URL = 'https://security.access.redhat.com/data/metrics/repository-to-cpe.json';

function read(block: unknown) {
  return readConfigValue({ indexer: { scanner: { repo: { 'rhel-repository-scanner': block } } } });
}

describe('where the mapping comes from', () => {
  it.each([
    [{}, { mappingUrl: DEFAULT_URL, timeoutMs: 10_000 }],
    [{ timeout: '3s' }, { mappingUrl: DEFAULT_URL, timeoutMs: 3_000 }],
    [{ disable_api: true }, { timeoutMs: 10_000 }],
    [
      { repo2cpe_mapping_url: 'http://mirror.test/m.json' },
      { mappingUrl: 'http://mirror.test/m.json', timeoutMs: 10_000 },
    ],
    [{ repo2cpe_mapping_file: '/m.json' }, { mappingFile: '/m.json', timeoutMs: 10_000 }],
    [
      { repo2cpe_mapping_file: '/m.json', repo2cpe_mapping_url: 'http://mirror.test/m.json' },
      { mappingFile: '/m.json', mappingUrl: 'http://mirror.test/m.json', timeoutMs: 10_000 },
    ],
    [
      { disable_api: true, repo2cpe_mapping_file: '/m.json', repo2cpe_mapping_url: 'http://mirror.test/m.json' },
      { mappingFile: '/m.json', timeoutMs: 10_000 },
    ],
  ])('%j', (block, expected) => {
    const reading = read(block);
    if (!reading.ok) throw new Error(JSON.stringify(reading.error));
    expect(repositoryScannerSettings(reading.value.config)).toEqual(expected);
    expect(reading.value.warnings).not.toContainEqual(expect.objectContaining({ at: 'indexer.scanner.repo' }));
  });
});

it.each([
  [{ disable_api: 'yes' }, 'disable_api'],
  [{ repo2cpe_mapping_url: 'ftp://x/' }, 'repo2cpe_mapping_url'],
  [{ repo2cpe_mapping_file: 1 }, 'repo2cpe_mapping_file'],
  [{ timeout: '10' }, 'timeout'],
  [{ repo2cpe_mapping: 'x' }, 'repo2cpe_mapping'],
])('%j is refused, by its key', (block, key) => {
  const reading = read(block);
  expect(reading.ok ? [] : reading.error.map(({ at }) => at)).toEqual([
    `indexer.scanner.repo.rhel-repository-scanner.${key}`,
  ]);
});
