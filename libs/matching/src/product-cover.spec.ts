import { describe, expect, it } from 'vitest';
import { coversProduct, productCovers } from './product-cover.ts';

describe('an advisory about the first is about a package of the second', () => {
  it.each([
    ['cpe:/o:redhat:enterprise_linux:9::baseos', 'cpe:/o:redhat:enterprise_linux:9::baseos', true],
    ['cpe:/o:redhat:enterprise_linux:9::baseos', 'cpe:2.3:o:redhat:enterprise_linux:9:*:baseos:*:*:*:*:*', true],
    ['cpe:/o:redhat:enterprise_linux:9::baseos', 'cpe:/a:redhat:enterprise_linux:9::appstream', false],
    ['cpe:/a:redhat:enterprise_linux:9::appstream', 'cpe:/a:redhat:enterprise_linux:9::crb', false],
    ['cpe:/o:redhat:enterprise_linux:8', 'cpe:/o:redhat:enterprise_linux:8::baseos', true],
    ['cpe:/o:redhat:enterprise_linux:8', 'cpe:/a:redhat:enterprise_linux:8::appstream', true],
    ['cpe:/a:redhat:enterprise_linux:8', 'cpe:/o:redhat:enterprise_linux:8::baseos', false],
    ['cpe:/o:redhat:enterprise_linux:8', 'cpe:/o:redhat:enterprise_linux:9::baseos', false],
    ['cpe:/o:redhat:enterprise_linux:1', 'cpe:/o:redhat:enterprise_linux:10::baseos', false],
    ['cpe:/a:redhat:openshift:4', 'cpe:/a:redhat:openshift:4.16::el9', true],
    ['cpe:/a:redhat:openshift:4', 'cpe:/a:redhat:openshift:40', false],
    ['cpe:/a:redhat:openshift:4.1', 'cpe:/a:redhat:openshift:4.16::el9', false],
    ['cpe:/a:redhat:openshift:4.16', 'cpe:/a:redhat:openshift:4', false],
    ['cpe:/a:redhat:rhel_eus:8.1', 'cpe:/a:redhat:rhel_eus:8.10::appstream', false],
    ['cpe:/o:redhat:rhel_eus:9.2::baseos', 'cpe:/o:redhat:enterprise_linux:9::baseos', false],
    ['cpe:/o:redhat:enterprise_linux:9::baseos', 'cpe:/o:redhat:rhel_eus:9.2::baseos', false],
    ['cpe:/o:redhat:rhel_eus:9.2::baseos', 'cpe:/o:redhat:rhel_eus:9.4::baseos', false],
    ['cpe:/o:redhat:rhel_eus:9.2::baseos', 'cpe:/o:redhat:rhel_e4s:9.2::baseos', false],
    ['cpe:/o:redhat:enterprise_linux:10.1', 'cpe:/o:redhat:enterprise_linux:10', true],
    ['cpe:/o:redhat:enterprise_linux:10.1', 'cpe:/a:redhat:enterprise_linux:10::appstream', true],
    ['cpe:/o:redhat:enterprise_linux:10.1', 'cpe:/o:redhat:enterprise_linux:10.0', false],
    ['cpe:/o:redhat:enterprise_linux:10', 'cpe:/o:redhat:enterprise_linux:10.1', true],
    ['cpe:/o:redhat:enterprise_linux_eus:10.0', 'cpe:/o:redhat:enterprise_linux:10.0', false],
    ['no cpe', 'cpe:/o:redhat:enterprise_linux:10.0', false],
  ])('%s, %s: %s', (advisory, pkg, covered) => expect(coversProduct(advisory, pkg)).toBe(covered));
});

describe('what has no fix is said of the whole release, what has one of each stream', () => {
  const eus = ['cpe:/o:redhat:rhel_eus:9.2::baseos', 'cpe:/a:redhat:rhel_eus:9.2::appstream'];
  it.each([
    { cpe: 'cpe:/o:redhat:enterprise_linux:9', range: {}, kind: 'covered' },
    { cpe: 'cpe:/o:redhat:enterprise_linux:9', range: { fixed: '1-1' }, kind: 'elsewhere' },
    { cpe: 'cpe:/o:redhat:enterprise_linux:8', range: {}, kind: 'elsewhere' },
    { cpe: 'cpe:/o:redhat:enterprise_linux:9::baseos', range: {}, kind: 'elsewhere' },
    { cpe: 'cpe:/o:redhat:enterprise_linux:9.2', range: {}, kind: 'elsewhere' },
    { cpe: 'cpe:/a:redhat:rhel_eus:9.2::appstream', range: { fixed: '1-1' }, kind: 'covered' },
    { cpe: '', range: {}, kind: 'covered' },
    { cpe: 'cpe:redhat', range: {}, kind: 'unknown' },
  ])('$cpe $range: $kind', ({ cpe, range, kind }) => expect(productCovers({ cpe, range }, eus).kind).toBe(kind));

  it('nothing is said of a package whose product is not known, or does not read', () => {
    const row = { cpe: 'cpe:/o:redhat:enterprise_linux:9', range: {} };
    expect(productCovers(row, [])).toEqual({
      kind: 'unknown',
      reason: 'the advisory is about cpe:/o:redhat:enterprise_linux:9, the product of the package is not known',
    });
    expect(productCovers(row, ['?', 'cpe:/o:redhat:enterprise_linux:8']).kind).toBe('unknown');
    expect(productCovers(row, ['?', 'cpe:/o:redhat:enterprise_linux:9']).kind).toBe('covered');
  });
});
