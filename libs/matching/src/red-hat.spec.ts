import type { Package } from '@clair/model';
import { describe, expect, it } from 'vitest';
import { type DecidableAffected, decide } from './decide.ts';

const PLAIN = ['cpe:/a:redhat:enterprise_linux:9::appstream', 'cpe:/o:redhat:enterprise_linux:9::baseos'];
const EUS = ['cpe:/a:redhat:rhel_eus:9.2::appstream', 'cpe:/o:redhat:rhel_eus:9.2::baseos'];

const curl: Package = {
  name: 'curl',
  version: '7.76.1-23.el9_2.1',
  type: 'rpm',
  scheme: 'rpm',
  arch: 'x86_64',
  module: '',
  source: { name: 'curl', version: '7.76.1-23.el9_2.1' },
  namespace: 'rhel:9',
  cpes: PLAIN,
  owner: '',
};

const plainFix: DecidableAffected = {
  package: 'curl',
  packageKind: 'binary',
  scheme: 'rpm',
  range: { fixed: '7.76.1-26.el9_3.2' },
  status: 'affected',
  arches: ['aarch64', 'x86_64'],
  module: '',
  cpe: 'cpe:/o:redhat:enterprise_linux:9::baseos',
};
const eusFix: DecidableAffected = {
  ...plainFix,
  range: { fixed: '7.76.1-23.el9_2.4' },
  cpe: 'cpe:/o:redhat:rhel_eus:9.2::baseos',
};
const unfixed: DecidableAffected = { ...plainFix, range: {}, arches: [], cpe: 'cpe:/o:redhat:enterprise_linux:9' };

describe('streams are kept apart', () => {
  it.each([
    { name: 'a plain fix, a plain package', row: plainFix, pkg: {}, kind: 'affected' },
    { name: 'a plain fix, an EUS package', row: plainFix, pkg: { cpes: EUS }, kind: 'not-affected' },
    { name: 'an EUS fix, a plain package', row: eusFix, pkg: {}, kind: 'not-affected' },
    { name: 'an EUS fix, an EUS package', row: eusFix, pkg: { cpes: EUS }, kind: 'affected' },
    {
      name: 'an EUS fix, an EUS package that has it',
      row: eusFix,
      pkg: { cpes: EUS, version: '7.76.1-23.el9_2.4' },
      kind: 'not-affected',
    },
    { name: 'no fix in the release, a plain package', row: unfixed, pkg: {}, kind: 'affected' },
    { name: 'no fix in the release, an EUS package', row: unfixed, pkg: { cpes: EUS }, kind: 'affected' },
    { name: 'repositories of both', row: plainFix, pkg: { cpes: [...EUS, ...PLAIN] }, kind: 'affected' },
    { name: 'an unknown product', row: plainFix, pkg: { cpes: [] }, kind: 'undecidable' },
    {
      name: 'an unknown product, fixed',
      row: plainFix,
      pkg: { cpes: [], version: '7.76.1-26.el9_3.2' },
      kind: 'not-affected',
    },
    { name: 'no product asked for', row: { ...plainFix, cpe: '' }, pkg: { cpes: [] }, kind: 'affected' },
    {
      name: 'not affected, for another product',
      row: { ...unfixed, status: 'not-affected' as const },
      pkg: {},
      kind: 'not-affected',
    },
  ])('$name: $kind', ({ row, pkg, kind }) => expect(decide({ ...curl, ...pkg }, row).kind).toBe(kind));

  it('says which products', () => {
    expect(decide(curl, eusFix)).toEqual({
      kind: 'not-affected',
      reason: `the advisory is about cpe:/o:redhat:rhel_eus:9.2::baseos, the package is of ${PLAIN.join(', ')}`,
    });
  });
});

describe('a package that was built in a module, and whose label is lost', () => {
  const fcgi = { version: '1:0.78-11.module+el8.1.0+2934+dec45db7', module: '' };
  const label = 'the advisory is about module perl-FCGI:0.78, the package does not say its module';
  it.each([
    { name: 'may be of any', module: 'perl-FCGI:0.78', range: { fixed: '1:0.78-12' }, reason: label },
    {
      name: 'is fixed in any',
      module: 'perl-FCGI:0.78',
      range: { fixed: '1:0.78-10' },
      reason: '1:0.78-11.module+el8.1.0+2934+dec45db7 is not older than 1:0.78-10, where the flaw is fixed',
    },
    {
      name: 'is of one',
      module: '',
      range: {},
      reason: 'the advisory is about the package outside any module, this one is of a module',
    },
  ])('$name', ({ module, range, reason }) => {
    const verdict = decide({ ...curl, ...fcgi }, { ...plainFix, module, range });
    expect(verdict).toEqual({ kind: reason === label ? 'undecidable' : 'not-affected', reason });
  });

  it('a product and a module that are not known are both said', () => {
    const verdict = decide({ ...curl, ...fcgi, cpes: [] }, { ...unfixed, module: 'perl-FCGI:0.78' });
    expect(verdict).toEqual({
      kind: 'undecidable',
      reason: `the advisory is about cpe:/o:redhat:enterprise_linux:9, the product of the package is not known; ${label}`,
    });
  });
});
