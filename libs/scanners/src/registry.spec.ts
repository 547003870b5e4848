import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { SCANNERS } from './registry.ts';
import { scannerState } from './scanner-state.ts';

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
    for (const path of [...paths, 'dpkg/status.d/a', 'lib/apk/db/installed', 'x']) {
      for (const text of texts) {
        expect(() => read({ path, bytes: new Uint8Array(), text: () => text })).not.toThrow();
      }
      expect(typeof wants(path)).toBe('boolean');
    }
  });
});

describe('scannerState', () => {
  it('is a line a scanner, sorted', () => {
    expect(scannerState(SCANNERS)).toBe('apk 1 package\ndpkg 1 package\nos-release 1 distribution');
    expect(scannerState(SCANNERS.toReversed())).toBe(scannerState(SCANNERS));
  });
});
