const REFUSED =
  'apk-tools 3 refuses this text as a version; its comparison of the two stops where the invalid part begins. We say malformed.';
const FUZZY = 'a dependency operator of apk, not an order';
const EPOCH = 'grype leaves the epoch out where one side has none; to rpm it is 0 then';
const NO_SEMVER = 'SemVer 2.0.0 puts a hyphen, not a full stop, before a pre-release; npm and Cargo refuse this text';
const SHORT = 'SemVer 2.0.0 wants three numbers before a pre-release; npm and Cargo refuse this text, also as a bound';

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
};
