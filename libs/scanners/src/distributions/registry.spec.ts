import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  distributionById,
  distributionOf,
  distributionOfNamespace,
  endOfLifeOf,
  namespaceOf,
  releaseTitle,
} from './index.ts';
import { DISTRIBUTIONS } from './registry.ts';

const folder = fileURLToPath(new URL('./', import.meta.url));
const MACHINERY = [
  'end-of-life.ts',
  'index.ts',
  'known-distribution.ts',
  'lookup.ts',
  'registry.ts',
  'release-number.ts',
];

describe('registry', () => {
  it('has what every file of the folder exports', () => {
    const imports = readFileSync(`${folder}registry.ts`, 'utf8');
    const files = readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'));
    for (const name of files.filter((one) => !MACHINERY.includes(one))) expect(imports).toContain(`'./${name}'`);
  });

  it('has each distribution once', () => {
    const ids = DISTRIBUTIONS.map(({ did }) => did);
    expect(ids).toEqual([...new Set(ids)]);
  });

  it.each(DISTRIBUTIONS)('finds $did by its id', (known) => {
    expect(distributionById(known.did)).toBe(known);
  });

  it.each(DISTRIBUTIONS)('$did: no namespace is of a version that is none', ({ did, namespace }) => {
    const garbage = { did, versionId: 'x y', versionCodeName: '' };
    const isWhatItSays = distributionById(did)?.advisories === 'unread';
    if (isWhatItSays) return expect(namespace(garbage)).toMatch(/^$|^[A-Za-z-]+(:x y)?$/);
    return expect(namespace(garbage)).toMatch(/^[a-z-]*$/);
  });
});

const ends = DISTRIBUTIONS.flatMap((known) => known.endOfLife.map((end) => ({ known, ...end })));

describe('ends of life', () => {
  it('are of a hundred releases', () => expect(ends.length).toBeGreaterThan(100));

  it.each(ends)('$release $date', ({ known, release, date }) => {
    expect(date).toMatch(/^(19|20)\d\d-[01]\d-[0-3]\d$/);
    expect(new Date(Date.parse(date)).toISOString().slice(0, 10)).toBe(date);
    expect(endOfLifeOf(known, release)?.date).toBe(date);
  });

  it.each(ends)('$release is a namespace that $known.did gives, and that finds itself', ({ known, release }) => {
    const versionId = release.slice(release.indexOf(':') + 1);
    const names = { name: '', versionCodeName: '' };
    expect(known.namespace({ did: known.did, versionId, ...names })).toBe(release);
    const owner = distributionOfNamespace(release);
    expect(namespaceOf({ did: owner?.did ?? '', versionId, ...names })).toBe(release);
  });

  it.each([
    ['debian', '9', '2022-06-30', false],
    ['debian', '12', '2028-06-30', false],
    ['alpine', '3.18', '2025-05-09', false],
    ['ubuntu', '22.04', '2027-06-01', true],
    ['ubuntu', '23.10', '2024-07-11', false],
    ['rhel', '7.9', '2024-06-30', true],
    ['centos', '8', '2021-12-31', true],
    ['amzn', '2018.03', '2023-12-31', false],
    ['sles', '15.5', '2024-12-31', true],
    ['fedora', '39', '2024-11-26', false],
    ['mariner', '2.0', '2025-07-31', false],
  ])('%s %s ends on %s', (did, versionId, date, hasNote) => {
    const identity = { did, versionId, versionCodeName: '' };
    const known = distributionOf(identity);
    const end = known && endOfLifeOf(known, namespaceOf(identity));
    expect([end?.date, end?.note !== undefined]).toEqual([date, hasNote]);
  });

  it('are not known of what rolls, or is not in the table', () => {
    for (const [did, namespace] of [
      ['wolfi', 'wolfi'],
      ['alpine', 'alpine:edge'],
      ['debian', 'debian:sid'],
      ['debian', 'debian:99'],
    ] as const) {
      const known = distributionById(did);
      expect(known && endOfLifeOf(known, namespace)).toBeUndefined();
    }
  });
});

describe('releaseTitle', () => {
  it.each([
    ['debian', 'debian:9', 'Debian 9'],
    ['alpine', 'alpine:v3.18', 'Alpine Linux 3.18'],
    ['alpine', 'alpine:edge', 'Alpine Linux edge'],
    ['centos', 'rhel:7', 'CentOS Linux 7'],
    ['rhel', 'rhel:7', 'Red Hat Enterprise Linux 7'],
    ['fedora', 'fedora:39', 'Fedora 39'],
    ['wolfi', 'wolfi', 'Wolfi'],
  ])('%s, %s: %s', (did, namespace, title) => {
    const known = distributionById(did);
    expect(known && releaseTitle(known, namespace)).toBe(title);
  });
});
