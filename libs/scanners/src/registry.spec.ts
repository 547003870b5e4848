import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { SCANNERS } from './registry.ts';
import { scannerState } from './scanner-state.ts';
import { textFile } from './testing/scanned-file.ts';

const folders = fileURLToPath(new URL('./scanners/', import.meta.url));

describe('registry', () => {
  it('has every folder of scanners/, under its name, in order', () => {
    expect(SCANNERS.map(({ id }) => id)).toEqual(readdirSync(folders).sort());
  });

  it.each(SCANNERS)('$id has a README that names its source, and a spec', ({ id }) => {
    const names = readdirSync(`${folders}${id}`);
    expect(names).toContain('index.ts');
    expect(names.some((name) => name.endsWith('.spec.ts'))).toBe(true);
    expect(readFileSync(`${folders}${id}/README.md`, 'utf8')).toMatch(/https:\/\//);
  });

  it.each(SCANNERS)('$id never throws, whatever the bytes', ({ wants, read }) => {
    const texts = [
      '',
      '\n',
      '\0',
      ':',
      'P',
      'P:',
      'Package:',
      'ID',
      '=',
      '"',
      "ID='",
      '\\',
      'ID="\\',
      ' x',
      '\r\n\r\n',
    ];
    const paths = ['etc/os-release', 'etc/lsb-release', 'etc/alpine-release', 'etc/debian_version', 'dpkg/status'];
    paths.push('etc/redhat-release', 'etc/SuSE-release', 'etc/system-release-cpe', 'etc/issue');
    for (const path of [...paths, 'dpkg/status.d/a', 'lib/apk/db/installed', 'x']) {
      for (const text of texts) {
        expect(() => read(textFile(path, text))).not.toThrow();
      }
      expect(typeof wants(path)).toBe('boolean');
    }
  });
});

describe('scannerState', () => {
  const [apk, dpkg, osRelease] = ['apk', 'dpkg', 'os-release'].map((id) => SCANNERS.filter((one) => one.id === id));

  it('is a line a scanner, sorted', () => {
    const some = [...(osRelease ?? []), ...(dpkg ?? []), ...(apk ?? [])].map((one) => ({ ...one, version: '7' }));
    expect(scannerState(some)).toBe('apk 7 package\ndpkg 7 package\nos-release 7 distribution');
    expect(scannerState(some.toReversed())).toBe(scannerState(some));
    expect(scannerState(SCANNERS).split('\n')).toHaveLength(SCANNERS.length);
  });
});
