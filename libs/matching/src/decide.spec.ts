import type { Package, Verdict } from '@clair/model';
import { describe, expect, it } from 'vitest';
import { comparedVersion, type DecidableAffected, decide, matchNames } from './decide.ts';

const gcc: Package = {
  name: 'gcc',
  version: '4:12.2.0-3',
  type: 'deb',
  scheme: 'dpkg',
  arch: 'amd64',
  module: '',
  source: { name: 'gcc-defaults', version: '1.203' },
  namespace: 'debian:12',
  cpes: [],
  owner: '',
};

const advisory: DecidableAffected = {
  package: 'gcc-defaults',
  packageKind: 'source',
  scheme: 'dpkg',
  range: {},
  status: 'affected',
  arches: [],
  module: '',
  cpe: '',
};

const affected: Verdict = { kind: 'affected' };
const notAffected = (reason: string): Verdict => ({ kind: 'not-affected', reason });
const undecidable = (reason: string): Verdict => ({ kind: 'undecidable', reason });

interface Case {
  readonly name: string;
  readonly pkg?: Partial<Package>;
  readonly affected?: Partial<DecidableAffected>;
  readonly verdict: Verdict;
}

const decided = (each: Case): Verdict => decide({ ...gcc, ...each.pkg }, { ...advisory, ...each.affected });

describe('what is compared', () => {
  it('is looked up by the names of the source and of the binary', () => {
    expect(matchNames(gcc)).toEqual({ source: 'gcc-defaults', binary: 'gcc' });
  });

  it('is the version of what the advisory names', () => {
    expect(comparedVersion(gcc, { packageKind: 'source' })).toBe('1.203');
    expect(comparedVersion(gcc, { packageKind: 'binary' })).toBe('4:12.2.0-3');
  });

  it.each<Case>([
    { name: 'source', affected: { range: { fixed: '1.204' } }, verdict: affected },
    {
      name: 'source, where the binary is older than the fix',
      affected: { range: { fixed: '1.203' } },
      verdict: notAffected('1.203 is not older than 1.203, where the flaw is fixed'),
    },
    {
      name: 'binary',
      affected: { package: 'gcc', packageKind: 'binary', range: { fixed: '4:12.2.0-4' } },
      verdict: affected,
    },
    {
      name: 'a binary advisory against the source name',
      affected: { packageKind: 'binary' },
      verdict: notAffected('the advisory is about the binary package gcc-defaults'),
    },
    {
      name: 'a source advisory against the binary name',
      affected: { package: 'gcc' },
      verdict: notAffected('the advisory is about the source package gcc'),
    },
  ])('$name', (each) => expect(decided(each)).toEqual(each.verdict));
});

describe('the range', () => {
  const older = '1.203 is older than 1.300, where the flaw came in';
  it.each<Case>([
    { name: 'no bounds', verdict: affected },
    {
      name: 'no bounds hold an unreadable version',
      pkg: { source: { name: 'gcc-defaults', version: '' } },
      verdict: affected,
    },
    { name: 'introduced itself is in', affected: { range: { introduced: '1.203' } }, verdict: affected },
    { name: 'before introduced', affected: { range: { introduced: '1.300' } }, verdict: notAffected(older) },
    { name: 'before fixed', affected: { range: { introduced: '1.0', fixed: '1.203+deb12u1' } }, verdict: affected },
    {
      name: 'equal in the order, though not in letters',
      affected: { range: { fixed: '0:1.203-0' } },
      verdict: notAffected('1.203 is not older than 0:1.203-0, where the flaw is fixed'),
    },
    { name: 'the last affected is in', affected: { range: { lastAffected: '1.203' } }, verdict: affected },
    {
      name: 'after the last affected',
      affected: { range: { lastAffected: '1.202' } },
      verdict: notAffected('1.203 is newer than 1.202, the last that is affected'),
    },
    {
      name: 'both upper bounds hold',
      affected: { range: { fixed: '1.204', lastAffected: '1.202' } },
      verdict: notAffected('1.203 is newer than 1.202, the last that is affected'),
    },
  ])('$name', (each) => expect(decided(each)).toEqual(each.verdict));
});

describe('what cannot be decided is said', () => {
  it.each<Case>([
    {
      name: 'the installed version',
      pkg: { source: { name: 'gcc-defaults', version: '12_2' } },
      affected: { range: { fixed: '1.204' } },
      verdict: undecidable(
        'the installed version "12_2" does not parse: the upstream version does not start with a digit or holds an invalid character',
      ),
    },
    {
      name: 'an empty installed version',
      pkg: { source: { name: 'gcc-defaults', version: '' } },
      affected: { range: { fixed: '1.204' } },
      verdict: undecidable('the installed version "" does not parse: it is empty'),
    },
    {
      name: 'a bound',
      affected: { range: { fixed: '<unfixed>' } },
      verdict: undecidable(
        'the advisory\'s version "<unfixed>" does not parse: the upstream version does not start with a digit or holds an invalid character',
      ),
    },
    {
      name: 'a bound, when another excludes the version',
      affected: { range: { introduced: '1.300', fixed: '<unfixed>' } },
      verdict: notAffected('1.203 is older than 1.300, where the flaw came in'),
    },
    {
      name: 'a bound, when another does not',
      affected: { range: { introduced: '1 0', fixed: '1.300' } },
      verdict: undecidable('the advisory\'s version "1 0" does not parse: it holds a space'),
    },
    {
      name: 'versions of another scheme',
      affected: { scheme: 'apk', range: { fixed: '1.300' } },
      verdict: undecidable("the advisory's versions are of scheme apk, the package's of dpkg"),
    },
    {
      name: 'a scheme that nobody knows',
      pkg: { scheme: 'rot13' },
      affected: { scheme: 'rot13', range: { fixed: '1.300' } },
      verdict: undecidable('nobody here knows the version scheme rot13'),
    },
  ])('$name', (each) => expect(decided(each)).toEqual(each.verdict));
});

describe('the status', () => {
  const undecided = undecidable('the source has not decided whether this version is affected');
  it.each<Case>([
    {
      name: 'not affected',
      affected: { status: 'not-affected' },
      verdict: notAffected('the source says that no version is affected'),
    },
    { name: 'undetermined', affected: { status: 'undetermined' }, verdict: undecided },
    {
      name: 'undetermined, within its range',
      affected: { status: 'undetermined', range: { fixed: '2' } },
      verdict: undecided,
    },
    {
      name: 'undetermined, outside its range',
      affected: { status: 'undetermined', range: { fixed: '1' } },
      verdict: notAffected('1.203 is not older than 1, where the flaw is fixed'),
    },
  ])('$name', (each) => expect(decided(each)).toEqual(each.verdict));
});

describe('the architecture', () => {
  it.each<Case>([
    { name: 'in the list', affected: { arches: ['arm64', 'amd64'] }, verdict: affected },
    {
      name: 'not in the list',
      affected: { arches: ['arm64', 's390x'] },
      verdict: notAffected('the advisory is about arm64, s390x, the package is amd64'),
    },
    { name: 'a package for all', pkg: { arch: 'all' }, affected: { arches: ['arm64'] }, verdict: affected },
    {
      name: 'a package for all, as rpm and apk say it',
      pkg: { arch: 'noarch' },
      affected: { arches: ['arm64'] },
      verdict: affected,
    },
    { name: 'an advisory for all', affected: { arches: ['noarch'] }, verdict: affected },
    { name: 'a package that does not say, an advisory for all', pkg: { arch: '' }, verdict: affected },
    {
      name: 'a package that does not say',
      pkg: { arch: '' },
      affected: { arches: ['arm64'] },
      verdict: undecidable('the advisory is about arm64, the architecture of the package is not known'),
    },
    {
      name: 'a package that does not say, and is fixed',
      pkg: { arch: '' },
      affected: { arches: ['arm64'], range: { fixed: '1' } },
      verdict: notAffected('1.203 is not older than 1, where the flaw is fixed'),
    },
  ])('$name', (each) => expect(decided(each)).toEqual(each.verdict));
});

describe('the module', () => {
  it.each<Case>([
    { name: 'the same', pkg: { module: 'nodejs:18' }, affected: { module: 'nodejs:18' }, verdict: affected },
    {
      name: 'another stream',
      pkg: { module: 'nodejs:18' },
      affected: { module: 'nodejs:20' },
      verdict: notAffected('the advisory is about module nodejs:20'),
    },
    {
      name: 'the package is in none',
      affected: { module: 'nodejs:20' },
      verdict: notAffected('the advisory is about module nodejs:20'),
    },
    {
      name: 'the advisory is of none',
      pkg: { module: 'nodejs:18' },
      verdict: notAffected('the advisory is about the package outside any module, this one is of nodejs:18'),
    },
    {
      name: 'the advisory is of some module, and so is the package',
      pkg: { module: 'nodejs:18' },
      affected: { module: '*' },
      verdict: undecidable('the advisory does not say of which module it is, the package is of nodejs:18'),
    },
    {
      name: 'the advisory is of some module, the package fixed',
      pkg: { module: 'nodejs:18' },
      affected: { module: '*', range: { fixed: '1' } },
      verdict: notAffected('1.203 is not older than 1, where the flaw is fixed'),
    },
    {
      name: 'the advisory is of some module, the package of none',
      affected: { module: '*' },
      verdict: notAffected('the advisory is about module *'),
    },
  ])('$name', (each) => expect(decided(each)).toEqual(each.verdict));
});

describe('a package of a language', () => {
  const python: Package = {
    ...gcc,
    name: 'torch',
    version: '1.0+cu118',
    type: 'pypi',
    scheme: 'pep440',
    namespace: 'PyPI',
    source: { name: 'torch', version: '1.0+cu118' },
  };
  const row = (range: DecidableAffected['range']): DecidableAffected => ({
    ...advisory,
    package: 'torch',
    packageKind: 'binary',
    scheme: 'pep440',
    range,
  });

  it.each([
    [{ lastAffected: '1.0' }, 'affected'],
    [{ lastAffected: '1.0+cu117' }, 'not-affected'],
    [{ fixed: '1.0' }, 'not-affected'],
    [{ introduced: '1.0', lastAffected: '1.0' }, 'affected'],
  ])('with a local label, against %j: %s', (range, kind) => expect(decide(python, row(range)).kind).toBe(kind));

  it('is looked up by the name that its ecosystem makes of it', () => {
    expect(matchNames({ ...python, name: 'Zope.Interface' }).binary).toBe('zope-interface');
    expect(decide({ ...python, name: 'Torch' }, row({})).kind).toBe('affected');
  });
});
