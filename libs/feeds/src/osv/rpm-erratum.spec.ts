import type { Affected } from '@clair/model';
import { describe, expect, it } from 'vitest';
import { flawsOfText, modulesOfTitle, oldestListedBuilds, ratingOfTitle, withModules } from './rpm-erratum.ts';

function row(name: string, fixed: string, module = ''): Affected {
  return {
    namespace: 'x:8',
    package: name,
    packageKind: 'binary',
    scheme: 'rpm',
    range: { fixed },
    status: 'affected',
    fixState: 'fixed',
    arches: [],
    module,
    cpe: '',
    bulletin: 'XSA-1',
    severity: '',
    normalizedSeverity: 'Unknown',
  };
}

it.each([
  ['Critical: a security update', 'Critical', 'Critical'],
  ['Important: a security update', 'Important', 'High'],
  ['Moderate: a security update', 'Moderate', 'Medium'],
  ['Low: a security update', 'Low', 'Low'],
  ['None: a security update', 'None', 'Unknown'],
  ['ALSA-2022:5468: php:8.0 security update (Important)', 'Important', 'High'],
  ['nodejs:18 bug fix update', '', 'Unknown'],
  ['a security update', '', 'Unknown'],
])('%s is %s', (title, severity, normalizedSeverity) => {
  expect(ratingOfTitle(title)).toEqual({ severity, normalizedSeverity });
});

it.each([
  ['Important: nodejs:18 security update', ['nodejs:18']],
  ['Moderate: virt:rhel and virt-devel:rhel security update', ['virt:rhel', 'virt-devel:rhel']],
  ['Moderate: 389-ds:1.4 security update', ['389-ds:1.4']],
  ['pmdk:1_fileformat_v6 bug fix update', ['pmdk:1_fileformat_v6']],
  ['ALSA-2022:5468: php:8.0 security update (Important)', ['php:8.0']],
  ['Important: ruby security update', []],
])('the modules of %s', (title, modules) => {
  expect(modulesOfTitle(title)).toEqual(modules);
});

describe('modules', () => {
  const built = '1-2.module_el8.6.0+3137+d33c3efb';
  it.each([
    ['Low: a:1 security update', built, ['a:1']],
    ['Low: a:1 security update', '1-2.module+el9.4.0+20787+4c237fd3', ['a:1']],
    ['Low: a:1 and b:2 security update', built, ['a:1', 'b:2']],
    ['Low: a security update', built, ['*']],
    // A title may name an upstream version in the same way.
    ['Low: kernel:4.18.0 security update', '4.18.0-553.el8_10', ['']],
  ])('%s of %s', (title, fixed, modules) => {
    expect(withModules([row('a', fixed)], title).map((each) => each.module)).toEqual(modules);
  });
});

describe('of several builds that an erratum lists for a package', () => {
  it.each([
    ['the oldest of one upstream version is left', ['1-2.el8.2', '1-2.el8.10', '1-2.el8'], ['1-2.el8']],
    ['an epoch makes no other upstream version', ['1:1-1', '1-1'], ['1-1']],
    ['those of different upstream versions are kept', ['1-1', '2-1'], ['1-1', '2-1']],
  ])('%s', (_, versions, kept) => {
    const rows = versions.map((fixed) => row('a', fixed));
    expect(oldestListedBuilds(rows).map((each) => each.range.fixed)).toEqual(kept);
  });

  it('those of other packages and other modules are no builds of it', () => {
    const rows = [row('a', '1-1'), row('b', '1-2'), row('a', '1-3', 'm:1')];
    expect(oldestListedBuilds(rows)).toEqual(rows);
  });
});

it('takes the CVEs of the list of fixes, not those that are mentioned', () => {
  const text = `An update that belongs to CVE-2024-1000.

Security Fix(es):

* kernel: a flaw (CVE-2024-1001)

* kernel: another, see (CVE-2024-1002) for its like
* two flaws (CVE-2024-1003, CVE-2024-1004)
* (CVE-2024-1005)
* the first again (CVE-2024-1001)
* a bug (BZ#1234567)`;
  expect(flawsOfText(text)).toEqual(['CVE-2024-1001', 'CVE-2024-1003', 'CVE-2024-1004', 'CVE-2024-1005']);
});
