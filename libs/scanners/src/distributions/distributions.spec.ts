import type { Distribution } from '@clair/model';
import { describe, expect, it } from 'vitest';
import { distributionOf, namespaceOf, packageNamespace } from './index.ts';
import type { DistributionIdentity } from './known-distribution.ts';

/** `ID`, `VERSION_ID`, the namespace, and what else of os-release(5) decides. */
type Row = readonly [
  did: string,
  versionId: string,
  namespace: string,
  more?: Partial<Omit<DistributionIdentity, 'did' | 'versionId'>>,
];

const identity = ([did, versionId, , more = {}]: Row): DistributionIdentity => ({
  did,
  versionId,
  versionCodeName: '',
  ...more,
});

const DEBS: readonly Row[] = [
  ['debian', '12', 'debian:12', { versionCodeName: 'bookworm' }],
  ['debian', '10.8', 'debian:10'],
  ['debian', '7', 'debian:7'],
  ['debian', '', 'debian:13', { versionCodeName: 'trixie' }],
  ['debian', '', 'debian:14', { versionCodeName: 'forky' }],
  ['debian', '', 'debian:sid', { versionCodeName: 'sid' }],
  ['debian', '', 'debian:sid', { versionCodeName: 'notyet' }],
  ['debian', 'sid', 'debian:sid'],
  ['debian', '', ''],
  ['debian', 'twelve', '', { versionCodeName: 'bookworm' }],
  ['ubuntu', '24.04', 'ubuntu:24.04', { versionCodeName: 'noble' }],
  ['ubuntu', '18.04.3', 'ubuntu:18.04'],
  ['ubuntu', '27.10', 'ubuntu:27.10'],
  ['ubuntu', '', 'ubuntu:22.04', { versionCodeName: 'jammy' }],
  ['ubuntu', '', '', { versionCodeName: 'nobody' }],
  ['ubuntu', '24', '', { versionCodeName: 'noble' }],
  ['ubuntu', '', ''],
  ['raspbian', '12', 'raspbian:12', { versionCodeName: 'bookworm' }],
  ['linuxmint', '22', 'linuxmint:22', { versionCodeName: 'wilma' }],
  ['kali', '2024.1', 'kali:2024.1', { versionCodeName: 'kali-rolling' }],
];

const APKS: readonly Row[] = [
  ['alpine', '3.20.1', 'alpine:v3.20'],
  ['alpine', '3.9', 'alpine:v3.9'],
  ['alpine', 'v3.9', 'alpine:v3.9'],
  ['alpine', '3.21_alpha20240923', 'alpine:edge'],
  ['alpine', '3.22.0_alpha20250108', 'alpine:edge'],
  ['alpine', 'edge', 'alpine:edge'],
  ['alpine', '3', ''],
  ['alpine', '', ''],
  ['wolfi', '20230201', 'wolfi'],
  ['wolfi', '', 'wolfi'],
  ['chainguard', '20230214', 'chainguard'],
  ['postmarketos', 'v25.06', 'postmarketos:v25.06'],
];

const RED_HAT: readonly Row[] = [
  ['rhel', '9.4', 'rhel:9', { cpe: 'cpe:/o:redhat:enterprise_linux:9::baseos' }],
  ['rhel', '8.10', 'rhel:8'],
  ['rhel', '10.0', 'rhel:10'],
  ['rhel', '9', 'rhel:9'],
  ['rhel', '7.9', 'rhel:7', { cpe: 'cpe:/o:redhat:enterprise_linux:7.9:GA:atomic-host' }],
  ['rhel', '', ''],
  ['rhel', '9.4 Beta', ''],
  ['rhcos', '4.14', 'rhel:9', { cpe: 'cpe:/o:redhat:enterprise_linux:9::coreos' }],
  ['rhcos', '4.11', 'rhel:8', { cpe: 'cpe:2.3:o:redhat:enterprise_linux:8:*:coreos:*:*:*:*:*' }],
  ['rhcos', '4.3', ''],
  ['hummingbird', '20251124', 'hummingbird'],
  ['centos', '7', 'rhel:7', { name: 'CentOS Linux' }],
  ['centos', '8', 'rhel:8', { name: 'CentOS Linux' }],
  ['centos', '8', 'rhel:8'],
  ['centos', '8', 'centos-stream:8', { name: 'CentOS Stream' }],
  ['centos', '9', 'centos-stream:9', { name: 'CentOS Stream' }],
  ['centos', '10', 'centos-stream:10'],
  ['centos-stream', '9', 'centos-stream:9'],
  ['centos', '', ''],
  ['almalinux', '9.4', 'almalinux:9', { name: 'AlmaLinux' }],
  ['almalinux', '10', 'almalinux-kitten:10', { name: 'AlmaLinux Kitten' }],
  ['almalinux', '10.0', 'almalinux:10'],
  ['rocky', '8.10', 'rocky:8'],
  ['ol', '8.3', 'ol:8'],
  ['ol', '10.0', 'ol:10'],
  ['scientific', '7.5', 'scientific:7.5'],
  ['fedora', '39', 'fedora:39'],
  ['not-rhel', '9.4', '', { cpe: 'cpe:/o:redhat:enterprise_linux:9::baseos' }],
];

const OTHER_RPMS: readonly Row[] = [
  ['amzn', '2018.03', 'amzn:1'],
  ['amzn', '2017.09', 'amzn:1'],
  ['amzn', '2018.03.0.20240502', 'amzn:1'],
  ['amzn', '1', 'amzn:1'],
  ['amzn', '2', 'amzn:2'],
  ['amzn', '2023', 'amzn:2023'],
  ['amzn', '2023.3.20240108', 'amzn:2023'],
  ['amzn', '', ''],
  ['sles', '15.5', 'sles:15.5'],
  ['sles', '15', 'sles:15'],
  ['sles', '12.5', 'sles:12.5'],
  ['sles', '16.0', 'sles:16.0'],
  ['sles', '15-SP5', ''],
  ['sled', '15.5', 'sles:15.5'],
  ['sles_sap', '15.3', 'sles:15.3'],
  ['sle_hpc', '15.4', 'sles:15.4'],
  ['sle-micro', '5.5', 'sle-micro:5.5'],
  ['sl-micro', '6.0', 'sl-micro:6.0'],
  ['opensuse-leap', '15.6', 'opensuse-leap:15.6'],
  ['opensuse', '42.3', 'opensuse-leap:42.3'],
  ['opensuse', '13.2', 'opensuse:13.2'],
  ['opensuse', '20160128', 'opensuse-tumbleweed'],
  ['opensuse-tumbleweed', '20240101', 'opensuse-tumbleweed'],
  ['opensuse-microos', '20240101', 'opensuse-tumbleweed'],
  ['photon', '5.0', 'photon:5.0'],
  ['photon', '5', 'photon:5.0'],
  ['azurelinux', '3.0', 'azurelinux:3.0'],
  ['azurelinux', '3.0.20240417', 'azurelinux:3.0'],
  ['mariner', '2.0', 'mariner:2.0'],
];

const NOBODY: readonly Row[] = [
  ['', '12', ''],
  ['nobody', '1', ''],
  ['arch', '', 'arch'],
  ['Debian', '12', ''],
];

const ROWS = [...DEBS, ...APKS, ...RED_HAT, ...OTHER_RPMS, ...NOBODY];

describe('namespaceOf', () => {
  it.each(ROWS.map((row) => ({ row, title: JSON.stringify(row) })))('$title', ({ row }) => {
    expect(namespaceOf(identity(row))).toBe(row[2]);
  });
});

describe('distributionOf', () => {
  it.each([
    ['debian', 'dpkg', 'deb'],
    ['ubuntu', 'dpkg', 'deb'],
    ['alpine', 'apk', 'apk'],
    ['wolfi', 'apk', 'apk'],
    ['chainguard', 'apk', 'apk'],
    ['rhel', 'rpm', 'rpm'],
    ['sled', 'rpm', 'rpm'],
    ['photon', 'rpm', 'rpm'],
    ['raspbian', 'dpkg', 'deb'],
    ['arch', '', 'alpm'],
  ])('%s has packages of scheme "%s" and type %s', (did, scheme, packageType) => {
    expect(distributionOf({ did, versionId: '', versionCodeName: '' })).toMatchObject({ scheme, packageType });
  });

  it('knows nobody by what it is like, or by a name with capitals', () => {
    for (const did of ['', 'nobody', 'suse', 'RHEL', 'redhat']) {
      expect(distributionOf({ did, versionId: '9', versionCodeName: '' })).toBeUndefined();
    }
  });
});

describe('packageNamespace', () => {
  const distribution = (did: string, versionId: string): Distribution => ({
    ...{ did, versionId, namespace: `${did}:${versionId}`, versionCodeName: '', version: '', arch: '' },
    ...{ name: '', prettyName: '', cpe: '' },
  });
  const jammy = distribution('ubuntu', '22.04');
  const bookworm = distribution('debian', '12');
  const deb = (name: string, version: string, type = 'deb') => ({ type, source: { name, version } });

  it.each([
    ['3.0.2-0ubuntu1.12+Fips1', 'openssl'],
    ['1.1.1f-1ubuntu2.fips.19', 'openssl'],
    ['1.0.2g-1ubuntu4.fips.4.6.3', 'openssl'],
    ['1:8.9p1-3ubuntu0.6+Fips1', 'openssh'],
    ['5.15.0-73.80', 'linux-fips'],
    ['5.15.0.73.40', 'linux-meta-aws-fips'],
  ])('%s of %s is a FIPS build, with advisories of its own', (version, name) => {
    expect(packageNamespace(deb(name, version), jammy)).toBe('ubuntu:22.04/fips');
  });

  it.each([
    ['3.0.2-0ubuntu1.12', 'openssl'],
    ['0.0.20100721-1', 'libfips140'],
    ['1.0', 'fipscheck'],
  ])('%s of %s is of the release', (version, name) => {
    expect(packageNamespace(deb(name, version), jammy)).toBe('ubuntu:22.04');
  });

  it('is of the release where a distribution has no such builds, and of none where the type or the release is not known', () => {
    expect(packageNamespace(deb('openssl', '3.0.2+Fips1'), bookworm)).toBe('debian:12');
    expect(packageNamespace(deb('openssl', '3.0.2+Fips1', 'rpm'), jammy)).toBe('');
    expect(packageNamespace(deb('openssl', '3.0.2+Fips1'), { ...jammy, namespace: '' })).toBe('');
    expect(packageNamespace(deb('openssl', '3.0.2'), undefined)).toBe('');
  });
});
