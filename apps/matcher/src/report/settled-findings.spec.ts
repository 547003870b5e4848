import { expect, it } from 'vitest';
import { installed } from '../testing/matcher-fixture.ts';
import { affectedRow } from '../testing/update-fixture.ts';
import type { MatchedPackage } from './findings.ts';
import { settleFindings } from './settled-findings.ts';

const texts = new Map([
  [1, { name: 'GHSA-1', aliases: ['CVE-1'] }],
  [2, { name: 'GO-1', aliases: ['CVE-1'] }],
  [3, { name: 'CVE-9', aliases: [] }],
]);

const match = (pkg: number, row: number, fields: Partial<MatchedPackage> = {}): MatchedPackage => ({
  package: pkg,
  row: { id: row * 10, advisory: row, affected: affectedRow({ namespace: 'Go' }) },
  verdict: 'affected',
  reason: '',
  comparedVersion: '1',
  ...fields,
});

const owned = installed('example.com/a', { type: 'golang', namespace: 'Go', owner: 'golang-a' });
const vendor = installed('golang-a', { namespace: 'debian:12' });
const free = installed('example.com/a', { type: 'golang', namespace: 'Go' });
const covered = new Set(['debian:12', 'Go']);

it('has a flaw of two sources once, with the other beside it', () => {
  const { findings, setAside } = settleFindings({
    packages: [free],
    matched: [match(0, 1), match(0, 2), match(0, 3)],
    texts,
    coveredNamespaces: covered,
  });
  expect(findings.map(({ vulnerability, also }) => [vulnerability, also])).toEqual([
    [20, [10]],
    [30, []],
  ]);
  expect(setAside).toEqual([]);
});

it('sets aside what a nearer source says no to', () => {
  const no = match(0, 2, { verdict: 'not-affected', reason: 'fixed in 2' });
  const { findings, setAside } = settleFindings({
    packages: [free],
    matched: [match(0, 1), no],
    texts,
    coveredNamespaces: covered,
  });
  expect(findings).toEqual([]);
  expect(setAside).toEqual([
    { package: 0, vulnerability: 10, why: 'other-source', reason: expect.stringContaining('GO-1') },
  ]);
  expect(setAside[0]?.reason).toContain('fixed in 2');
});

it.each([
  ['a vendor who was asked', [owned, vendor], covered, ['vendor-resolved'], 0],
  ['a vendor of whom no feed is loaded', [owned, vendor], new Set(['Go']), [], 1],
  ['a vendor whose package is not there', [owned], covered, [], 1],
  ['a package of a language of that name', [owned, { ...free, name: 'golang-a' }], covered, [], 1],
  ['nobody', [free, vendor], covered, [], 1],
])('%s: a package of a language that belongs to it', (_, packages, coveredNamespaces, why, count) => {
  const { findings, setAside } = settleFindings({ packages, matched: [match(0, 1)], texts, coveredNamespaces });
  expect(setAside.map((one) => one.why)).toEqual(why);
  expect(findings).toHaveLength(count);
});
