import type { DiffOperationsResponse } from '@clair/contracts';
import { describe, expect, it } from 'vitest';
import { type RowFields, vulnerability } from '../testing/world.ts';
import { readChangedRow } from './changed-row.ts';

function read(fields: RowFields = {}, change = 'added') {
  return readChangedRow({ change, vulnerability: vulnerability(fields), risen: undefined });
}

function value(fields: RowFields = {}) {
  const row = read(fields);
  if (!row.ok) throw new Error(row.error.reason);
  return row.value;
}

describe('rule and key', () => {
  it.each<[string, RowFields, { rule: boolean; key: boolean }]>([
    ['the same', {}, { rule: true, key: true }],
    ['another description', { description: 'new' }, { rule: true, key: true }],
    ['another severity', { affected: { normalizedSeverity: 'Low' } }, { rule: true, key: true }],
    ['another fix state', { affected: { fixState: 'deferred' } }, { rule: true, key: true }],
    ['another feed', { feed: 'other' }, { rule: true, key: true }],
    ['another fixed-in version', { fixed: '4' }, { rule: false, key: true }],
    ['another status', { affected: { status: 'undetermined' } }, { rule: false, key: true }],
    ['another scheme', { affected: { scheme: 'apk' } }, { rule: false, key: true }],
    ['an architecture', { affected: { arches: ['amd64'] } }, { rule: false, key: true }],
    ['a module', { affected: { module: 'a:1' } }, { rule: false, key: true }],
    ['a product', { affected: { cpe: 'cpe:/a:redhat:rhel_eus:9.4::baseos' } }, { rule: false, key: true }],
    ['another advisory', { name: 'CVE-2024-2' }, { rule: true, key: false }],
    ['another package', { affected: { package: 'zlib' } }, { rule: true, key: false }],
    ['another kind of package', { affected: { packageKind: 'binary' } }, { rule: true, key: false }],
    ['another namespace', { affected: { namespace: 'debian:13' } }, { rule: true, key: false }],
  ])('%s', (_, fields, same) => {
    const [a, b] = [value(), value(fields)];
    expect({ rule: a.rule === b.rule, key: a.key === b.key }).toEqual(same);
  });

  it('do not depend on the order of architectures', () => {
    const rule = (arches: string[]) => value({ affected: { arches } }).rule;
    expect(rule(['amd64', 'arm64'])).toBe(rule(['arm64', 'amd64']));
  });

  it('cannot be confused by what separates the parts', () => {
    const a = value({ name: 'CVE-1","debian:12', affected: { namespace: 'x' } });
    const b = value({ name: 'CVE-1', affected: { namespace: 'debian:12","x' } });
    expect(a.key).not.toBe(b.key);
  });
});

it.each<[string, DiffOperationsResponse, string]>([
  ['no vulnerability', { change: 'added', vulnerability: undefined, risen: undefined }, 'vulnerability'],
  ['an unknown change', { change: 'changed', vulnerability: vulnerability(), risen: undefined }, 'change'],
  ['no name', { change: 'added', vulnerability: vulnerability({ name: '' }), risen: undefined }, 'name'],
  [
    'no affected row',
    { change: 'added', vulnerability: { ...vulnerability(), affected: undefined }, risen: undefined },
    'affected',
  ],
  [
    'a status that nobody knows',
    { change: 'added', vulnerability: vulnerability({ affected: { status: 'x' } }), risen: undefined },
    'affected.status',
  ],
])('rejects %s', (_, row, at) => {
  expect(readChangedRow(row)).toMatchObject({ ok: false, error: { at } });
});

it('keeps text storable', () => {
  expect(value({ description: 'a\u0000b\ud800c' }).summary.description).toBe('a\uFFFDb\uFFFDc');
});
