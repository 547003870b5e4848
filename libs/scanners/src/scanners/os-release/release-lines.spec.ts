import { describe, expect, it } from 'vitest';
import { textFile } from '../../testing/scanned-file.ts';
import { osRelease } from './index.ts';

function read(path: string, text: string) {
  const result = osRelease.read(textFile(path, text));
  const { distribution, problems } = result.ok ? result.value : { distribution: undefined, problems: [] };
  return { did: distribution?.did, namespace: distribution?.namespace, problems: problems.length };
}

describe('NAME release VERSION', () => {
  it.each([
    ['Red Hat Enterprise Linux Server release 7.9 (Maipo)\n', 'rhel', 'rhel:7'],
    ['Red Hat Enterprise Linux release 8.10 (Ootpa)\n', 'rhel', 'rhel:8'],
    ['Red Hat Enterprise Linux AS release 4 (Nahant Update 8)\n', 'rhel', 'rhel:4'],
    ['Red Hat Enterprise Linux Atomic Host release 7.9\n', 'rhel', 'rhel:7'],
    ['Red Hat Linux release 6.2 (Zoot)\n', 'red-hat-linux', ''],
    ['CentOS release 5.7 (Final)', 'centos', 'rhel:5'],
    ['CentOS Linux release 7.6.1810 (Core) \n', 'centos', 'rhel:7'],
    ['CentOS Stream release 8\n', 'centos-stream', 'centos-stream:8'],
    ['AlmaLinux release 8.10 (Cerulean Leopard)', 'almalinux', 'almalinux:8'],
    ['Rocky Linux release 9.4 (Blue Onyx)\r\n', 'rocky', 'rocky:9'],
    ['Oracle Linux Server release 6.10\n', 'ol', 'ol:6'],
    ['Enterprise Linux Enterprise Linux Server release 5.5 (Carthage)\n', 'ol', 'ol:5'],
    ['Amazon Linux AMI release 2018.03\n', 'amzn', 'amzn:1'],
    ['Amazon Linux release 2 (Karoo)\n', 'amzn', 'amzn:2'],
    ['Amazon Linux release 2023.3.20240108 (Amazon Linux)\n', 'amzn', 'amzn:2023'],
    ['Fedora release 29 (Twenty Nine)\n', 'fedora', 'fedora:29'],
    ['Scientific Linux release 6.10 (Carbon)', 'scientific', 'scientific:6.10'],
    ['Foo & Bar Linux release 3 (x)\n', 'foo-bar-linux', ''],
    ['VMware Photon OS 4.0\nPHOTON_BUILD_NUMBER=2f5aad892\n', 'photon', 'photon:4.0'],
    ['CBL-Mariner 2.0.20220226\nMARINER_BUILD_NUMBER=1\n', 'mariner', 'mariner:2.0'],
    ['Microsoft Azure Linux 3.0\n', 'azurelinux', 'azurelinux:3.0'],
    ['\n\n  Rocky Linux release 8.4 (Green Obsidian)\n', 'rocky', 'rocky:8'],
  ])('%j', (text, did, namespace) => {
    expect(read('etc/redhat-release', text)).toEqual({ did, namespace, problems: 0 });
  });

  it.each(['', '\n', 'yes', ' release 7', 'CentOS release', 'CentOS release Final', 'Some words 7', 'A\0 release 7'])(
    '%j names nothing, and that is a problem',
    (text) => expect(read('etc/system-release', text)).toEqual({ did: undefined, namespace: undefined, problems: 1 }),
  );
});

describe('SuSE-release', () => {
  it.each([
    ['SUSE Linux Enterprise Server 11 (x86_64)\nVERSION = 11\nPATCHLEVEL = 4\n', 'sles', 'sles:11.4'],
    ['SUSE Linux Enterprise Server 12 (x86_64)\r\nVERSION = 12\r\nPATCHLEVEL = 3\r\n', 'sles', 'sles:12.3'],
    ['SUSE Linux Enterprise Server 12 (x86_64)\nVERSION = 12\nPATCHLEVEL = 0\n', 'sles', 'sles:12'],
    ['SUSE Linux Enterprise Desktop 11 (i586)\nVERSION = 11\nPATCHLEVEL = 2\n', 'sled', 'sles:11.2'],
    ['openSUSE 13.2 (x86_64)\nVERSION = 13.2\nCODENAME = Harlequin\n', 'opensuse', 'opensuse:13.2'],
  ])('%j', (text, did, namespace) => {
    expect(read('etc/SuSE-release', text)).toEqual({ did, namespace, problems: 0 });
  });

  it('of something else is a problem', () => {
    expect(read('etc/SuSE-release', 'VERSION = 11\n')).toMatchObject({ did: undefined, problems: 1 });
  });
});

describe('system-release-cpe', () => {
  it.each([
    ['cpe:/o:centos:linux:6:GA', 'centos', 'rhel:6'],
    ['cpe:/o:redhat:enterprise_linux:6server:ga:server\n', 'rhel', 'rhel:6'],
    ['cpe:/o:oracle:linux:8:3:server\n', 'ol', 'ol:8'],
    ['cpe:/o:amazon:linux:2018.03:ga\n', 'amzn', 'amzn:1'],
    ['cpe:2.3:o:amazon:amazon_linux:2\n', 'amzn', 'amzn:2'],
    ['cpe:/o:fedoraproject:fedora:39\n', 'fedora', 'fedora:39'],
  ])('%j', (text, did, namespace) => {
    expect(read('etc/system-release-cpe', text)).toEqual({ did, namespace, problems: 0 });
  });

  it.each(['', 'cpe:/o:centos:6:GA', 'cpe:/a:centos:linux:6', 'cpe:/o:nobody:linux:6', 'x cpe:/o:centos:linux:6'])(
    '%j names nothing, and that is a problem',
    (text) => expect(read('etc/system-release-cpe', text)).toMatchObject({ did: undefined, problems: 1 }),
  );
});

describe('issue', () => {
  it.each([
    ['Welcome to Alpine Linux 3.3\nKernel \\r on an \\m (\\l)\n\n', 'alpine', 'alpine:v3.3'],
    ['Welcome to Alpine Linux 3.19_alpha20230901 (edge)\nKernel \\r on an \\m (\\l)\n', 'alpine', 'alpine:edge'],
    ['Debian GNU/Linux 9 \\n \\l\n\n', 'debian', 'debian:9'],
    ['Debian GNU/Linux trixie/sid \\n \\l\n\n', 'debian', 'debian:13'],
    ['Ubuntu 18.04.3 LTS \\n \\l\n\n', 'ubuntu', 'ubuntu:18.04'],
    ['CentOS release 6.5 (Final)\nKernel \\r on an \\m\n', 'centos', 'rhel:6'],
    ['Oracle Linux Server release 6.10\nKernel \\r on an \\m\n', 'ol', 'ol:6'],
    ['\nWelcome to SUSE Linux Enterprise Server 12 SP5  (x86_64) - Kernel \\r (\\l).\n', 'sles', 'sles:12.5'],
    ['\nWelcome to openSUSE Leap 15.2 - Kernel \\r (\\l).\n', 'opensuse-leap', 'opensuse-leap:15.2'],
    ['Welcome to Photon 2.0 (\\x86_64) - Kernel \\r (\\l)\n', 'photon', 'photon:2.0'],
  ])('%j', (text, did, namespace) => {
    expect(read('etc/issue', text)).toEqual({ did, namespace, problems: 0 });
  });

  it.each([
    '',
    '\\S\nKernel \\r on an \\m\n',
    'Keep out. Release 7 of our rules applies.',
    'My OS release 7',
    'Ubuntu',
    'Debian 9',
  ])('%j names nothing, and is no defect, or names what it names', (text) => {
    const did = text === 'Debian 9' ? 'debian' : undefined;
    expect(read('etc/issue', text)).toMatchObject({ did, problems: 0 });
  });
});

describe('lsb-release', () => {
  it.each([
    ['DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=10.04\nDISTRIB_CODENAME=lucid\n', 'ubuntu', 'ubuntu:10.04'],
    ['DISTRIB_ID="VMware Photon OS"\nDISTRIB_RELEASE="3.0"\nDISTRIB_CODENAME=Photon\n', 'photon', 'photon:3.0'],
    ['DISTRIB_ID="Mariner"\nDISTRIB_RELEASE="2.0.20240301"\nDISTRIB_CODENAME=Mariner\n', 'mariner', 'mariner:2.0'],
    ['DISTRIB_ID="azurelinux"\nDISTRIB_RELEASE="3.0.20240417"\n', 'azurelinux', 'azurelinux:3.0'],
    ['DISTRIB_ID=Arch\nDISTRIB_RELEASE=rolling\n', 'arch', 'arch:rolling'],
    ['DISTRIB_ID=LinuxMint\nDISTRIB_RELEASE=22\nDISTRIB_CODENAME=wilma\n', 'linuxmint', 'linuxmint:22'],
  ])('%j', (text, did, namespace) => {
    expect(read('etc/lsb-release', text)).toEqual({ did, namespace, problems: 0 });
  });
});
