import { describe, expect, it } from 'vitest';
import { foundTexts } from '../../testing/found-texts.ts';
import { dotnet } from './index.ts';

it.each([
  ['app/Web.deps.json', true],
  ['app/package.json', false],
])('wants %s: %s', (path, expected) => expect(dotnet.wants(path)).toBe(expected));

describe('finds', () => {
  it('the packages of a program, and the runtime of a self-contained one', () => {
    const document = {
      runtimeTarget: { name: '.NETCoreApp,Version=v8.0/linux-x64' },
      libraries: {
        'Web/1.0.0': { type: 'project', serviceable: false },
        'Newtonsoft.Json/13.0.3': { type: 'package', serviceable: true },
        'System.Text.Json.Reference/8.0.0.0': { type: 'reference' },
        'runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/8.0.14': { type: 'runtimepack' },
        NoVersion: { type: 'package' },
      },
    };
    expect(foundTexts(dotnet, 'app/Web.deps.json', `\ufeff${JSON.stringify(document)}`)).toEqual([
      'Newtonsoft.Json@13.0.3',
      'Microsoft.NETCore.App.Runtime.linux-x64@8.0.14',
      'unidentified: the library "NoVersion" has no version',
    ]);
  });

  it('no libraries', () => {
    expect(foundTexts(dotnet, 'app/Web.deps.json', '{}')).toEqual(['malformed: no libraries']);
  });
});
