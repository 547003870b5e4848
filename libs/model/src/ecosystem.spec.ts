import { expect, it } from 'vitest';
import { ECOSYSTEMS, ecosystemOfNamespace, ecosystemOfType } from './ecosystem.ts';

it('has each type and each namespace once', () => {
  expect(new Set(ECOSYSTEMS.map(({ type }) => type)).size).toBe(ECOSYSTEMS.length);
  expect(new Set(ECOSYSTEMS.map(({ namespace }) => namespace)).size).toBe(ECOSYSTEMS.length);
});

it.each(ECOSYSTEMS)('$namespace is found by type and by namespace', (one) => {
  expect(ecosystemOfType(one.type)).toBe(one);
  expect(ecosystemOfNamespace(one.namespace)).toBe(one);
});

it.each(['deb', 'apk', 'rpm', 'hex', ''])('%j is no type of a language', (type) => {
  expect(ecosystemOfType(type)).toBeUndefined();
});

it.each([
  ['pypi', 'Zope.Interface', 'zope-interface'],
  ['pypi', 'ruamel_yaml--clib', 'ruamel-yaml-clib'],
  ['nuget', 'Newtonsoft.Json', 'newtonsoft.json'],
  ['composer', 'Monolog/Monolog', 'monolog/monolog'],
  ['npm', '@Types/Node', '@Types/Node'],
  ['gem', 'RedCloth', 'RedCloth'],
  ['golang', 'github.com/BurntSushi/toml', 'github.com/BurntSushi/toml'],
  ['maven', 'org.apache:A', 'org.apache:A'],
])('%s %s is looked up as %s', (type, name, expected) => {
  expect(ecosystemOfType(type)?.lookupName(name)).toBe(expected);
});
