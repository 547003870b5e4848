import { describe, expect, it } from 'vitest';
import { distributionOfQualifiers } from './distribution-qualifier.ts';
import { toDistribution } from './sbom-distribution.ts';

function namespaceOf(namespace: string, qualifiers: Readonly<Record<string, string>>): string | undefined {
  const stated = distributionOfQualifiers(namespace, new Map(Object.entries(qualifiers)));
  if (stated === undefined) return undefined;
  const distribution = toDistribution(stated);
  return distribution.namespace || `unknown: ${distribution.did}`;
}

describe('the qualifier distro', () => {
  it.each([
    // Syft: ID-VERSION_ID of os-release.
    ['debian', 'debian-12', 'debian:12'],
    ['debian', 'debian-bookworm', 'debian:12'],
    ['debian', 'debian-sid', 'debian:sid'],
    ['ubuntu', 'ubuntu-22.04', 'ubuntu:22.04'],
    ['alpine', 'alpine-3.23.3', 'alpine:v3.23'],
    ['alpine', 'alpine-3.22.0_alpha20250108', 'alpine:edge'],
    ['alpine', 'alpine-edge', 'alpine:edge'],
    ['rhel', 'rhel-8.7', 'rhel:8'],
    ['centos', 'centos-7', 'rhel:7'],
    ['amzn', 'amzn-2', 'amzn:2'],
    ['amzn', 'amzn-2023', 'amzn:2023'],
    ['amzn', 'amzn-2018.03', 'amzn:1'],
    ['ol', 'ol-8.5', 'ol:8'],
    ['almalinux', 'almalinux-9.4', 'almalinux:9'],
    ['rocky', 'rocky-9.3', 'rocky:9'],
    ['sles', 'sles-15.2', 'sles:15.2'],
    ['sled', 'sled-15.5', 'sles:15.5'],
    ['opensuse', 'opensuse-leap-15.5', 'opensuse-leap:15.5'],
    ['opensuse', 'opensuse-tumbleweed-20240501', 'opensuse-tumbleweed'],
    ['photon', 'photon-4.0', 'photon:4.0'],
    ['mariner', 'mariner-2.0', 'mariner:2.0'],
    ['azurelinux', 'azurelinux-3.0', 'azurelinux:3.0'],
    ['wolfi', 'wolfi-20230201', 'wolfi'],
    ['wolfi', 'wolfi', 'wolfi'],
    ['chainguard', 'chainguard-20230214', 'chainguard'],
    // Trivy: its own families.
    ['debian', 'debian-9.8', 'debian:9'],
    ['redhat', 'redhat-9.0', 'rhel:9'],
    ['amazon', 'amazon-2 (Karoo)', 'amzn:2'],
    ['amazon', 'amazon-2023.3.20231218 (Amazon Linux)', 'amzn:2023'],
    ['amazon', 'amazon-AMI release 2018.03', 'amzn:1'],
    ['oracle', 'oracle-8.9', 'ol:8'],
    ['alma', 'alma-9.3', 'almalinux:9'],
    ['suse', 'sles-15.3', 'sles:15.3'],
    ['suse', 'suse linux enterprise server-15.3', 'sles:15.3'],
    ['suse', 'slem-5.5', 'sle-micro:5.5'],
    ['suse', 'slem-6.0', 'sl-micro:6.0'],
    ['opensuse', 'opensuse.leap-15.1', 'opensuse-leap:15.1'],
    ['opensuse', 'opensuse.tumbleweed-20240501', 'opensuse-tumbleweed'],
    ['cbl-mariner', 'cbl-mariner-2.0', 'mariner:2.0'],
    ['alpine', '3.4.4', 'alpine:v3.4'],
    ['alpine', '3.22.0_alpha20250108', 'alpine:edge'],
    // The examples of the specification.
    ['debian', 'jessie', 'debian:8'],
    ['fedora', 'fedora-25', 'fedora:25'],
    ['opensuse', 'opensuse-13.2', 'opensuse:13.2'],
    // What nobody can know.
    ['debian', 'debian', 'unknown: debian'],
    ['debian', 'debian-stable', 'unknown: debian'],
    ['ubuntu', 'ubuntu-99', 'unknown: ubuntu'],
    ['acme', 'acme-1.0', 'unknown: acme'],
    ['acme', '1.0', 'unknown: 1.0'],
    ['debian', '-12', 'unknown: debian'],
  ])('of pkg:…/%s: %s is %s', (namespace, distro, expected) => {
    expect(namespaceOf(namespace, { distro })).toBe(expected);
  });

  it('decides before the namespace', () => {
    expect(namespaceOf('redhat', { distro: 'centos-stream-9' })).toBe(namespaceOf('centos-stream', { distro: '9' }));
    expect(namespaceOf('debian', { distro: 'ubuntu-22.04' })).toBe('ubuntu:22.04');
  });
});

describe('other qualifiers', () => {
  it.each([
    [{ os_name: 'debian', os_version: '12', os_distro: 'bookworm' }, 'debian:12'],
    [{ os_name: 'debian', os_version: '' }, 'unknown: debian'],
    [{}, undefined],
    [{ distro: '  ' }, undefined],
  ])('%o', (qualifiers, expected) => {
    expect(namespaceOf('debian', qualifiers)).toBe(expected);
  });
});
