const REFUSED =
  'apk-tools 3 refuses this text as a version; its comparison of the two stops where the invalid part begins. We say malformed.';
const FUZZY = 'a dependency operator of apk, not an order';
const EPOCH = 'grype leaves the epoch out where one side has none; to rpm it is 0 then';
const NO_SEMVER = 'SemVer 2.0.0 puts a hyphen, not a full stop, before a pre-release; npm and Cargo refuse this text';
const SHORT = 'SemVer 2.0.0 wants three numbers before a pre-release; npm and Cargo refuse this text, also as a bound';
const LEGACY =
  'one of both is no version of PEP 440: pip and PyPI refuse it (packaging 22 and later). We say malformed.';
const DOTTED =
  'so ordered Maven 3.2.5; to Maven 3.8.7 and later a qualifier after a full stop is the same as one after a hyphen (POM reference, version order)';
const PLATFORM = 'a platform is no part of a version of RubyGems; who reads the full name of a gem parts the two first';
const NO_COMPOSER =
  'Composer refuses one of both as a version; this is PHP, which compares any text. We say malformed.';
const AS_THEY_ARE = 'PHP on the texts as they are; Composer normalises both first, and then they are not ordered so';

/**
 * Rows of the truth tables that do not hold here, by scheme, and who is right. A row that starts to hold must be taken out:
 * the spec of the tables fails on that too. Those of rpm are put to the rpm of the machine (`rpm.int.spec.ts`).
 */
export const EXPLAINED_ROWS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  apk: {
    '23_foo > 4_beta': REFUSED,
    '1.0 < 1.0bc': REFUSED,
    '!0.1a1':
      'apk-tools 3 refuses it. apk-tools 2 took digits after the letter, and Alpine shipped such versions (opensmtpd 6.6.4p1-r0).',
    '3.6.0 ~ 3.6': FUZZY,
    '3.6.0 ~ 3.6.0': FUZZY,
    '3.6.9 !~ 3.8': FUZZY,
    '3.8 !~ 3.8.1': FUZZY,
    '3.8.0 !~ 3.8.1': FUZZY,
    '0..1..0 < 0..1..1': REFUSED,
    '0...1...0.r1 < 0...1...0.r2': REFUSED,
    '0..8 = 0..8': REFUSED,
    '1.2.0A < 1.2.0d': REFUSED,
    '1.2.0D < 1.2.0d': REFUSED,
    '1 > 1-ruff': REFUSED,
    '1-r0-1 = 1-r-2': REFUSED,
    '1-ruff2 = 1-ruff1': REFUSED,
    '1.2 > 1.2_blah': REFUSED,
    '1.2_cvs1 > 1.2_blah': REFUSED,
    '1 > .1': REFUSED,
    '.2 > .1': REFUSED,
    'a < b': REFUSED,
    'c > b': REFUSED,
    'c = c': REFUSED,
  },
  dpkg: {},
  rpm: {
    '3:4.19.0-1.el7_5 < 4.21.0-1.el7': EPOCH,
    '1:0 < 1': EPOCH,
    '!(4.19.01-1.el7_5 < 2:4.19.1-1.el7_5)': EPOCH,
    '!(4.19.0-1.el7_5 <= 12:4.19.0-1.el7)': EPOCH,
  },
  semver: {
    '1.1.3.4.5 = 1.1.3.4.5': 'SemVer 2.0.0 has three numbers; npm and Cargo refuse five',
    '1.0.0 = V1.0.0': 'npm takes a small v before a version, not a capital one',
    '1.20rc1  = 1.20.0-rc1': SHORT,
    '!(1.21rc2  = 1.21)': SHORT,
    '1.21rc2  = 1.21-rc2': SHORT,
    '1.0.0.alpha < 1.0.0': NO_SEMVER,
    '!(1.0.0.alpha > 1.0.0-alpha)': NO_SEMVER,
    '1.0.0.alpha1 = 1.0.0-alpha1': NO_SEMVER,
    '1.0.0.alpha.1 = 1.0.0-alpha.1': NO_SEMVER,
    '1.0.0.beta > 1.0.0-alpha': NO_SEMVER,
    '1.0.0.beta = 1.0.0-beta': NO_SEMVER,
    '1.0.0.beta.2 = 1.0.0-beta.2': NO_SEMVER,
    '1.0.0.rc1 = 1.0.0-rc1': NO_SEMVER,
    '1.0.0.rc.1 = 1.0.0-rc.1': NO_SEMVER,
    '1.0.0.alpha < 1.0.0-beta': NO_SEMVER,
    '1.0.0.alpha > 0.9.0, < 1.0.0': NO_SEMVER,
    '1.0.0.beta > 1.0.0-alpha, < 1.0.0': NO_SEMVER,
    '1.0.0.alpha.beta = 1.0.0-alpha-beta': NO_SEMVER,
  },
  pep440: {
    '0.1-charmander < 0.9-doduo': LEGACY,
    '0.9-eevee < 0.9-fearow': LEGACY,
    '0.9-fearow < 0.9-gyarados': LEGACY,
    '0.9-gyarados < 0.9-horsea': LEGACY,
    '0.9-ivysaur < 1.0': LEGACY,
    '-class.-jw.util.version.version-dev < 1.0': LEGACY,
    '2.0.1rc2-git < 0.8': LEGACY,
    '0.7.1.fix1 < 0.7.4.svn.r2010': LEGACY,
    '2013-01-23T17:11:52+0100 < 2013-02-01T20:50:46+0100': LEGACY,
    '2013-02-01T20:50:46+0100 < 2013-02-02T19:59:03+0100': LEGACY,
    '2013-02-02T19:59:03+0100 < 2013-02-02T20:23:17+0100': LEGACY,
    '2013-02-02T20:23:17+0100 < 2013-02-08T17:40:57+0000': LEGACY,
    '2013-05-14T20:16:05+0200 < 2013-06-01T10:32:51+0200': LEGACY,
    '2013-06-01T10:32:51+0200 < 2013-07-19T09:11:08+0000': LEGACY,
    '2013-07-19T09:11:08+0000 < 2013-08-12T21:48:56+0200': LEGACY,
    '2013-09-11T19-27-10 < 2013-12-23T17-51-15': LEGACY,
    '2014-01-12T15-52-10 < 0.2016.3.21': LEGACY,
    '0.7.11p2 < 0.7.11p3': LEGACY,
    '0.8.1p1 < 0.8.3p1': LEGACY,
    '0.8.3p1 < 0.8.4p1': LEGACY,
    '0.8.4p1 < 0.8.4p2': LEGACY,
    '0.8.4p2 < 0.8.6p1': LEGACY,
    '0.8.7p1 < 0.7.3': LEGACY,
    '-class.-jw.util.version.Version- < 1.0.dev1': LEGACY,
    'trunk < 3.2.3': LEGACY,
    '0.3m2 < 0.3m3': LEGACY,
    '0.3m4 < 0.3m5': LEGACY,
    '0.4m1 < 0.4m2': LEGACY,
    '0.4m3 < 0.4m4': LEGACY,
    '0.4m4 < 0.4m5': LEGACY,
    '0.5m1 < 0.5m2': LEGACY,
    '0.5m2 < 0.5m3': LEGACY,
    '0.5m3 < 0.5m4': LEGACY,
    '0.6m1 < 0.6m2': LEGACY,
    '0.6m2 < 0.6m3': LEGACY,
    '0.6m4 < 0.6m5': LEGACY,
    '0.6m6 < 0.2rc0': LEGACY,
    '1.0beta6.1 < 1.0b6': LEGACY,
    '6.4+cgr.1 <=6.4.0':
      "a specifier without a local label leaves the version's out of account (PEP 440, inclusive ordered comparison); in the order it is later",
  },
  maven: {
    '1.0.0-RC16 < 1.0.0.RC8-beta': DOTTED,
    '1.0.0-gradle-rework-beta3 < 1.0.0.RC7-3': DOTTED,
    '2.9.0-1 < 2.9.0.RC1': DOTTED,
    '1.2.31.sec10 < 1.2.31_noneautotype': DOTTED,
    '1.2.54.sec10 < 1.2.54_noneautotype': DOTTED,
    '1.2.57.sec10 < 1.2.57_noneautotype': DOTTED,
    '1.2.60.sec10 < 1.2.60_noneautotype': DOTTED,
    '3.5.0-CR-2 < 3.5.0.Beta-1':
      'Maven 3.9 keeps the zero before .Beta-1, and has no order for such texts (README of the scheme); Maven 4 drops it, as we do',
    '1.1.0-01-glassfish < 1.1.0.Beta1': DOTTED,
    '12.10.2 = 12.10.2.jre11':
      'grype drops jre11 at the end; to Maven it is a word like any other, which comes after the release',
    '12.10.2.jre11 = 12.10.2':
      'grype drops jre11 at the end; to Maven it is a word like any other, which comes after the release',
  },
  gem: {
    '1 > 1gamma': 'Gem::Version refuses letters in the first segment',
    '!(0.6.0-x86_64-darwin-10 > 0.1.0, < 0.5.0 || > 1.0.0, < 2.0.0)': PLATFORM,
    '1.2.0-x86-linux = 1.2.0': PLATFORM,
    '1.2.0-x86_64-linux = 1.2.0': PLATFORM,
    '1.2.0-x86_64-linux < 1.2.1': PLATFORM,
    '1.19.3-aarch64-linux-musl = 1.19.3': PLATFORM,
  },
  composer: {
    '4.3-2RC2 > 4.3-2beta5': NO_COMPOSER,
    '4.3-2 > 4.3-2beta1': NO_COMPOSER,
    '1.2.3.# = 1.2.3.#': NO_COMPOSER,
    '1.2.3.# = 1.2.3.1': NO_COMPOSER,
    '1.2.3.#.p3 > 1.2.3': NO_COMPOSER,
    '999999999999999999999999999991 < 999999999999999999999999999999': NO_COMPOSER,
    '999999999999999999999999999991.999999999999999999999999999991.999999999999999999999999999991 < 999999999999999999999999999999.999999999999999999999999999991.999999999999999999999999999991':
      NO_COMPOSER,
    'v3.0 < v3.0.0-beta': AS_THEY_ARE,
    'v1.9.0-BETA.1 < v1.9.0-ALPHA.2': AS_THEY_ARE,
    'v1.9.0-ALPHA.2 = v1.9.0-BETA.2': AS_THEY_ARE,
    '5.1.0-stable < 5.1.0-beta2': AS_THEY_ARE,
    '0.0.1-test1 < 3.0.0-alpha4': NO_COMPOSER,
    '3.0.0b1 < 3.0.0b1.post1': NO_COMPOSER,
    '3.0.0b1.post1 < 3.0.0b1.post2': NO_COMPOSER,
    '3.0.0b1.post2 < 3.0.0b2': NO_COMPOSER,
    '3.0.0b2.post1 < 3.0.0b2.post2': NO_COMPOSER,
    '3.1.0.post1 < 3.2.0rc1': NO_COMPOSER,
    '3.4.0 < 3.5.0.post1': NO_COMPOSER,
    'v6.5 < v6.5.0-beta-0': AS_THEY_ARE,
    '1.5 < 1.5.1.dev100': NO_COMPOSER,
    '1.5.1.dev101 < 1.5.1a1': NO_COMPOSER,
  },
};
