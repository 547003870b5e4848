import { describe, expect, it } from 'vitest';
import { foundTexts } from '../../testing/found-texts.ts';
import { nugetLock } from './index.ts';

it.each([
  ['src/packages.lock.json', true],
  ['src/my.packages.lock.json', false],
])('wants %s: %s', (path, expected) => expect(nugetLock.wants(path)).toBe(expected));

describe('finds', () => {
  it('what each framework was resolved to, once', () => {
    const dependencies = {
      'net8.0': {
        'Newtonsoft.Json': { type: 'Direct', requested: '[13.0.3, )', resolved: '13.0.3' },
        Own: { type: 'Project' },
        Odd: { type: 'Transitive' },
      },
      'net8.0/linux-x64': { 'Newtonsoft.Json': { type: 'Transitive', resolved: '13.0.3' } },
    };
    expect(foundTexts(nugetLock, 'packages.lock.json', JSON.stringify({ version: 1, dependencies }))).toEqual([
      'Newtonsoft.Json@13.0.3',
      'unidentified: it names "Odd" without a version',
    ]);
  });

  it('no dependencies', () => {
    expect(foundTexts(nugetLock, 'packages.lock.json', '{}')).toEqual(['malformed: no dependencies']);
  });
});
