import { readdirSync, readFileSync } from 'node:fs';
import { sharedData } from '@clair/testing';
import { describe, expect, it } from 'vitest';
import { textFile } from '../../testing/scanned-file.ts';
import { osRelease } from './index.ts';

/** 150 real files. Skipped where the data sets are not beside the repository. */
const root = sharedData('fixtures/pkgdb/os-release');

/** Those whose folder is named after the release: what it must be, from the name alone. */
const BY_FOLDER: readonly (readonly [folder: RegExp, namespace: (release: string) => string])[] = [
  [/^claircore__alpine_testdata_([\d.]+|edge)_/, (release) => `alpine:${release === 'edge' ? release : `v${release}`}`],
  [/^claircore__debian_testdata_(?:distroless_)?dist_(\d+)_/, (release) => `debian:${release}`],
  [/^claircore__ubuntu_testdata_dist_([\d.]+)_/, (release) => `ubuntu:${release}`],
  [/^claircore__rhel_testdata_releasefiles_(\d+)_/, (release) => `rhel:${release}`],
  [/^claircore__rhel_testdata_releasefiles_oracle-(\d+)_etc_oracle-release$/, (release) => `ol:${release}`],
  // What Oracle writes there; the file is believed only where Oracle's own is not.
  [/^claircore__rhel_testdata_releasefiles_oracle-(\d+)_etc_redhat-release$/, (release) => `rhel:${release}`],
];

/** The others, read one by one: part of the name, `ID`, namespace. Empty: the file names no distribution. */
const BY_NAME: readonly (readonly [part: string, did: string, namespace: string])[] = [
  ['releasefiles_hummingbird_etc_os-release', 'hummingbird', 'hummingbird'],
  ['distro_testdata_os_alpine-edge', 'alpine', 'alpine:edge'],
  ['distro_testdata_os_azurelinux', 'azurelinux', 'azurelinux:3.0'],
  ['distro_testdata_os_chainguard', 'chainguard', 'chainguard'],
  ['distro_testdata_os_debian-sid', 'debian', 'debian:13'],
  ['distro_testdata_os_echo', 'echo', 'echo:1'],
  ['distro_testdata_os_fedora', 'fedora', 'fedora:31'],
  ['distro_testdata_os_gentoo', 'gentoo', 'gentoo'],
  ['distro_testdata_os_hummingbird', 'hummingbird', 'hummingbird'],
  ['distro_testdata_os_minimos', 'minimos', 'minimos:20241031'],
  ['distro_testdata_os_postmarketos-edge', 'postmarketos', 'postmarketos:edge'],
  ['distro_testdata_os_postmarketos_', 'postmarketos', 'postmarketos:v25.06'],
  ['distro_testdata_os_raspbian', 'raspbian', 'raspbian:9'],
  ['distro_testdata_os_scientific6', 'scientific', 'scientific:6.10'],
  ['distro_testdata_os_secureos', 'secureos', 'secureos:2025.09.09'],
  ['image-alpine-match-coverage', 'alpine', 'alpine:v3.12'],
  ['image-centos-match-coverage', 'centos', 'rhel:8'],
  ['image-portage-match-coverage', 'gentoo', 'gentoo:2.8'],
  ['image-sles-match-coverage', 'sles', 'sles:12.5'],
  ['image-pkg-coverage', 'ubuntu', 'ubuntu:20.04'],
  ['testdata_not_rhel', 'not-rhel', ''],
  ['rhel_content_manifests', 'rhel', 'rhel:9'],
  ['os_almalinux_from-os-release', 'almalinux', 'almalinux:8'],
  ['os_almalinux_from-redhat-release', 'almalinux', 'almalinux:8'],
  ['linux_testdata_os_alpine_', 'alpine', 'alpine:v3.11'],
  ['linux_testdata_os_amazon', 'amzn', 'amzn:2'],
  ['linux_testdata_os_arch', 'arch', 'arch'],
  ['linux_testdata_os_centos5', 'centos', 'rhel:5'],
  ['linux_testdata_os_centos_', 'centos', 'rhel:8'],
  ['linux_testdata_os_custom', 'scientific', 'scientific:8'],
  ['debian_from-debian_version_etc_debian_version', 'debian', 'debian:10'],
  ['debian_from-debian_version_etc_os-release', 'debian', ''],
  ['debian_with-point-release', 'debian', 'debian:13'],
  ['linux_testdata_os_empty', '', ''],
  ['linux_testdata_os_fedora', 'fedora', 'fedora:36'],
  ['linux_testdata_os_mariner', 'mariner', 'mariner:1.0'],
  ['linux_testdata_os_opensuse-leap', 'opensuse-leap', 'opensuse-leap:15.2'],
  ['linux_testdata_os_oraclelinux', 'ol', 'ol:8'],
  ['linux_testdata_os_photon', 'photon', 'photon:2.0'],
  ['os_redhat_from-os-release', 'rhel', 'rhel:7'],
  ['os_redhat_from-redhat-release', 'rhel', 'rhel:8'],
  ['os_rockylinux_from-os-release', 'rocky', 'rocky:8'],
  ['os_rockylinux_from-redhat-release', 'rocky', 'rocky:8'],
  ['os_scientific_from-os-release', 'scientific', 'scientific:7.5'],
  ['os_scientific_from-redhat-release', 'scientific', 'scientific:7.9'],
  ['linux_testdata_os_sles', 'sles', 'sles:15.2'],
  ['linux_testdata_os_wolfi', 'wolfi', 'wolfi'],
  ['partial-fields_missing-id', '', ''],
  ['partial-fields_missing-version', '', ''],
  ['partial-fields_unknown-id', 'my-awesome-distro', ''],
  ['debian_testdata_image-dpkg', 'debian', 'debian:12'],
  ['os_debian_testdata_debian_9', 'debian', 'debian:9'],
  ['os_debian_testdata_debian_sid', 'debian', 'debian:10'],
  ['testdata_centos_centos-release', 'centos', 'rhel:7'],
  ['testdata_fedora_29_fedora-release', 'fedora', 'fedora:29'],
  ['testdata_oracle_7_oracle-release', 'ol', 'ol:7'],
  ['testdata_redhat_6_redhat-release', 'red-hat-linux', ''],
  ['os_ubuntu_testdata_lsb-release', 'ubuntu', 'ubuntu:18.04'],
  ['analyzer_testdata_etc_alpine-release', 'alpine', 'alpine:v3.11'],
  ['vm_testdata_alpine_etc_alpine-release', 'alpine', 'alpine:v3.17'],
];

function expectedOf(name: string): { readonly did?: string; readonly namespace: string } {
  for (const [folder, namespace] of BY_FOLDER) {
    const release = folder.exec(name)?.[1];
    if (release !== undefined) return { namespace: namespace(release) };
  }
  const found = BY_NAME.filter(([part]) => name.includes(part));
  expect(found, 'the row of the table').toHaveLength(1);
  return { did: found[0]?.[1] ?? '', namespace: found[0]?.[2] ?? '' };
}

/** The path in an image of a file whose name here ends with it, its slashes underscores. */
function pathOf(name: string): string {
  const [, folder = 'etc', base = ''] = /(?:_(usr_lib|etc))?_([A-Za-z]+-release|debian_version)$/.exec(name) ?? [];
  return `${folder.replace('_', '/')}/${base}`;
}

describe.skipIf(root === undefined)('real release files', () => {
  const names = root === undefined ? [] : readdirSync(root);

  it('are 150', () => expect(names).toHaveLength(150));

  it.each(names)('%s', (name) => {
    const path = pathOf(name);
    const text = readFileSync(`${root}/${name}`, 'utf8');
    expect(osRelease.wants(path)).toBe(true);
    const result = osRelease.read(textFile(path, text));
    const { distribution, problems } = result.ok ? result.value : { distribution: undefined, problems: ['unread'] };
    expect({ did: distribution?.did ?? '', namespace: distribution?.namespace ?? '' }).toMatchObject(expectedOf(name));
    expect(problems).toHaveLength(distribution === undefined ? 1 : 0);
  });
});
