import { describe, expect, it } from 'vitest';
import { compareAttribute, compareCpe, parseCpe, type WellFormedName } from './cpe.ts';

function name(text: string): WellFormedName {
  const parsed = parseCpe(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.error}`);
  return parsed.value;
}

const any = { kind: 'any' };
const na = { kind: 'na' };
const pattern = (text: string) => ({ kind: 'pattern', pattern: text });

// The examples of NISTIR 7695, sections 6.1.3.2 and 6.2.3.3.
describe('both bindings unbind to the same name', () => {
  it.each([
    {
      uri: 'cpe:/a:microsoft:internet_explorer:8.0.6001:beta',
      formatted: 'cpe:2.3:a:microsoft:internet_explorer:8.0.6001:beta:*:*:*:*:*:*',
      expected: { product: pattern('internet_explorer'), version: pattern('8\\.0\\.6001'), update: pattern('beta') },
    },
    {
      uri: 'cpe:/a:microsoft:internet_explorer:8.%2a:sp%3f',
      formatted: 'cpe:2.3:a:microsoft:internet_explorer:8.\\*:sp\\?:*:*:*:*:*:*',
      expected: { version: pattern('8\\.\\*'), update: pattern('sp\\?') },
    },
    {
      uri: 'cpe:/a:microsoft:internet_explorer:8.%02:sp%01',
      formatted: 'cpe:2.3:a:microsoft:internet_explorer:8.*:sp?:*:*:*:*:*:*',
      expected: { version: pattern('8\\.*'), update: pattern('sp?') },
    },
    {
      uri: 'cpe:/a:hp:insight_diagnostics:7.4.0.1570::~~online~win2003~x64~',
      formatted: 'cpe:2.3:a:hp:insight_diagnostics:7.4.0.1570:*:*:*:online:win2003:x64:*',
      expected: { edition: any, swEdition: pattern('online'), targetSw: pattern('win2003'), targetHw: pattern('x64') },
    },
    {
      uri: 'cpe:/a:hp:openview_network_manager:7.51:-:~~~linux~~',
      formatted: 'cpe:2.3:a:hp:openview_network_manager:7.51:-:*:*:*:linux:*:*',
      expected: { update: na, targetSw: pattern('linux'), other: any },
    },
    {
      uri: 'cpe:/a:foo%5cbar:big%24money_2010%07:::~~special~ipod_touch~80gb~'.replace('%07', ''),
      formatted: 'cpe:2.3:a:foo\\\\bar:big\\$money_2010:*:*:*:*:special:ipod_touch:80gb:*',
      expected: { vendor: pattern('foo\\\\bar'), product: pattern('big\\$money_2010'), swEdition: pattern('special') },
    },
    {
      uri: 'cpe:/o:redhat:enterprise_linux:9::baseos',
      formatted: 'cpe:2.3:o:redhat:enterprise_linux:9:*:baseos:*:*:*:*:*',
      expected: { part: pattern('o'), version: pattern('9'), update: any, edition: pattern('baseos') },
    },
  ])('$uri', ({ uri, formatted, expected }) => {
    expect(name(uri)).toMatchObject(expected);
    expect(name(formatted)).toEqual(name(uri));
  });

  it('a colon behind a backslash divides nothing', () => {
    expect(name('cpe:2.3:a:v:a\\:b:c\\\\:*:*:*:*:*:*:*')).toMatchObject({
      product: pattern('a\\:b'),
      version: pattern('c\\\\'),
    });
  });
});

it.each([
  '',
  'redhat',
  'cpe:',
  'cpe:2.3:a:v:p',
  'cpe:2.3:a:v:p:1:*:*:*:*:*:*:*:*',
  'cpe:2.3:a:v:p:1::*:*:*:*:*:*',
  'cpe:2.3:a:v:p:1\\',
  'cpe:2.3:x:v:p:1:*:*:*:*:*:*:*',
  'cpe:/x:v:p',
  'cpe:/a:v:p:%zz',
  'cpe:/a:v:p:1:2:~a~b',
  'cpe:/a:v:p:1:2:3:4:5',
  'cpe:/a:v:a%02b',
  'cpe:/a:v:%02%02b',
  `cpe:/a:v:${'p'.repeat(3000)}`,
])('does not read: %s', (text) => expect(parseCpe(text).ok).toBe(false));

// NISTIR 7696, table 6-2. `m*` stands for a pattern with wildcards.
describe('the relation of two values', () => {
  const values = {
    any: name('cpe:/a').vendor,
    na: name('cpe:/a:-').vendor,
    i: name('cpe:/a:foo').vendor,
    k: name('cpe:/a:bar').vendor,
    'm*': name('cpe:/a:fo%02').vendor,
  };
  it.each([
    ['any', 'any', 'equal'],
    ['any', 'na', 'superset'],
    ['any', 'i', 'superset'],
    ['any', 'm*', 'undefined'],
    ['na', 'any', 'subset'],
    ['na', 'na', 'equal'],
    ['na', 'i', 'disjoint'],
    ['na', 'm*', 'undefined'],
    ['i', 'i', 'equal'],
    ['i', 'k', 'disjoint'],
    ['i', 'm*', 'undefined'],
    ['i', 'na', 'disjoint'],
    ['i', 'any', 'subset'],
    ['m*', 'i', 'superset'],
    ['m*', 'k', 'disjoint'],
    ['m*', 'any', 'subset'],
    ['m*', 'na', 'disjoint'],
    ['m*', 'm*', 'undefined'],
  ] as const)('%s to %s is %s', (source, target, relation) => {
    expect(compareAttribute(values[source], values[target])).toBe(relation);
  });

  it.each([
    ['8.%02', '8.1', 'superset'],
    ['8.%02', '8.', 'superset'],
    ['8.%02', '81', 'disjoint'],
    ['%028', '1.8', 'superset'],
    ['%028%02', '1.8.2', 'superset'],
    ['8%01', '8', 'superset'],
    ['8%01', '81', 'superset'],
    ['8%01', '812', 'disjoint'],
    ['%01%018', '128', 'superset'],
    ['%01%018', '1238', 'disjoint'],
    ['8%2a', '81', 'disjoint'],
    ['8%2a', '8%2a', 'equal'],
    ['FOO', 'foo', 'equal'],
  ])('%s to %s is %s', (source, target, relation) => {
    expect(compareAttribute(name(`cpe:/a:v:p:${source}`).version, name(`cpe:/a:v:p:${target}`).version)).toBe(relation);
  });
});

describe('the relation of two names', () => {
  it.each([
    ['cpe:/a:v:p:1', 'cpe:/a:v:p:1', 'equal'],
    ['cpe:/a:v:p', 'cpe:/a:v:p:1:u:e', 'superset'],
    ['cpe:/a:v:p:1', 'cpe:/a:v:p', 'subset'],
    ['cpe:/a:v:p:1', 'cpe:/a:v:p:2', 'disjoint'],
    ['cpe:/a:v:p:1', 'cpe:/a:v:p::u', 'undefined'],
    ['cpe:/a:v', 'cpe:/a:v:p%02', 'undefined'],
    ['cpe:/a:v:q', 'cpe:/a:v:p:1%02', 'disjoint'],
  ])('%s to %s is %s', (source, target, relation) => {
    expect(compareCpe(name(source), name(target))).toBe(relation);
  });
});
