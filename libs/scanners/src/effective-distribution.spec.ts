import { describe, expect, it } from 'vitest';
import { contentOf } from './layer-content.ts';
import { LayerReportBuilder } from './layer-report-builder.ts';
import { SCANNERS } from './registry.ts';
import { resolveInventory } from './resolve-inventory.ts';
import { RELEASE_PATHS } from './scanners/os-release/release-files.ts';

/** What an image of these files, in one layer, is taken for. */
function distributionOf(files: Readonly<Record<string, string>>) {
  const builder = new LayerReportBuilder({ scanners: SCANNERS, decode: (bytes) => new TextDecoder().decode(bytes) });
  const encoder = new TextEncoder();
  for (const [path, text] of Object.entries(files)) {
    expect(builder.wants(path)).toBeGreaterThan(0);
    builder.file(path, contentOf(encoder.encode(text)));
  }
  const report = builder.finish({ blobBytes: 0, tarBytes: 0 });
  const { distributions, problems } = resolveInventory([{ digest: 'sha256:0', report }]);
  expect(distributions.length).toBeLessThan(2);
  return { did: distributions[0]?.did, namespace: distributions[0]?.namespace, problems: problems.length };
}

const RED_HAT = 'Red Hat Enterprise Linux Server release 7.9 (Maipo)\n';

describe('effectiveDistribution', () => {
  it.each<[string, Readonly<Record<string, string>>, string | undefined, string | undefined]>([
    [
      'os-release against lsb-release',
      {
        'etc/os-release': 'ID=debian\nVERSION_ID=12\n',
        'etc/lsb-release': 'DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=18.04\n',
      },
      'debian',
      'debian:12',
    ],
    [
      'os-release against lsb-release of another release',
      {
        'etc/os-release': 'ID=ubuntu\nVERSION_ID=22.04\n',
        'etc/lsb-release': 'DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=18.04\n',
      },
      'ubuntu',
      'ubuntu:22.04',
    ],
    [
      'the two os-release',
      { 'etc/os-release': 'ID=debian\nVERSION_ID=12\n', 'usr/lib/os-release': 'ID=debian\nVERSION_ID=11\n' },
      'debian',
      'debian:12',
    ],
    [
      'Oracle, with redhat-release',
      { 'etc/oracle-release': 'Oracle Linux Server release 7.9\n', 'etc/redhat-release': RED_HAT },
      'ol',
      'ol:7',
    ],
    [
      'Oracle by os-release',
      { 'etc/os-release': 'ID="ol"\nVERSION_ID="7.9"\n', 'etc/redhat-release': RED_HAT },
      'ol',
      'ol:7',
    ],
    [
      'AlmaLinux',
      { 'etc/almalinux-release': 'AlmaLinux release 9.4 (x)\n', 'etc/redhat-release': RED_HAT },
      'almalinux',
      'almalinux:9',
    ],
    [
      'Rocky',
      { 'etc/rocky-release': 'Rocky Linux release 9.4 (x)\n', 'etc/redhat-release': RED_HAT },
      'rocky',
      'rocky:9',
    ],
    [
      'CentOS',
      { 'etc/centos-release': 'CentOS release 6.10 (Final)\n', 'etc/redhat-release': RED_HAT },
      'centos',
      'rhel:6',
    ],
    ['Red Hat alone', { 'etc/redhat-release': RED_HAT }, 'rhel', 'rhel:7'],
    [
      'an unknown ID, whatever it is like',
      { 'etc/os-release': 'ID=mine\nID_LIKE=rhel\nVERSION_ID=7\n', 'etc/redhat-release': RED_HAT },
      'mine',
      '',
    ],
    [
      'a version that only debian_version has',
      { 'etc/os-release': 'ID=debian\nNAME="Debian GNU/Linux"\n', 'etc/debian_version': '10.8\n' },
      'debian',
      'debian:10',
    ],
    [
      'a derivative with debian_version',
      { 'etc/os-release': 'ID=kali\nID_LIKE=debian\n', 'etc/debian_version': '12.0\n' },
      'kali',
      'kali',
    ],
    [
      'Ubuntu before os-release',
      { 'etc/lsb-release': 'DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=10.04\n', 'etc/debian_version': 'squeeze/sid\n' },
      'ubuntu',
      'ubuntu:10.04',
    ],
    [
      'a login banner against everything',
      { 'etc/issue': 'Ubuntu 18.04 LTS \\n \\l\n', 'etc/debian_version': '9.8\n' },
      'debian',
      'debian:9',
    ],
    ['only a login banner', { 'etc/issue': 'Welcome to Alpine Linux 3.3\n' }, 'alpine', 'alpine:v3.3'],
    ['nothing', { 'etc/issue': 'Hello\n' }, undefined, undefined],
  ])('%s', (_, files, did, namespace) => {
    expect(distributionOf(files)).toEqual({ did, namespace, problems: 0 });
  });

  it('falls back to the next file where the first names nothing, and shows it', () => {
    const files = { 'etc/os-release': '', 'etc/redhat-release': RED_HAT };
    expect(distributionOf(files)).toEqual({ did: 'rhel', namespace: 'rhel:7', problems: 1 });
  });

  it('believes os-release most, and the login banner least', () => {
    expect(RELEASE_PATHS.slice(0, 2)).toEqual(['etc/os-release', 'usr/lib/os-release']);
    expect(RELEASE_PATHS.at(-1)).toBe('etc/issue');
    const isBefore = (a: string, b: string) => RELEASE_PATHS.indexOf(a) < RELEASE_PATHS.indexOf(b);
    for (const vendor of ['oracle', 'almalinux', 'rocky', 'centos']) {
      expect(isBefore(`etc/${vendor}-release`, 'etc/redhat-release')).toBe(true);
      expect(isBefore(`etc/${vendor}-release`, 'etc/system-release')).toBe(true);
    }
  });
});
