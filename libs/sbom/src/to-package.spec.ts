import { describe, expect, it } from 'vitest';
import { NO_FACTS, type PackageFacts, type SbomComponent } from './component.ts';
import { toDistribution } from './sbom-distribution.ts';
import { toPackage } from './to-package.ts';

function component(purl: string, fields: Partial<SbomComponent> = {}): SbomComponent {
  return { ref: 'ref', name: '', version: '', purl, facts: NO_FACTS, ...fields };
}

const facts = (fields: Partial<PackageFacts>): { facts: PackageFacts } => ({ facts: { ...NO_FACTS, ...fields } });
const own = (id: string, version: string) => toDistribution({ id, version, codeName: '', prettyName: '' });

/** `namespace name=version:arch module source=version`, or why there is none. */
function shown(given: SbomComponent, distributions = [own('debian', '12')]): string {
  const result = toPackage(given, distributions);
  if (!result.ok) return result.error;
  const { namespace, name, version, arch, module, source } = result.value.package;
  const rest = [module, result.value.problem].filter((text) => text !== '').map((text) => ` [${text}]`);
  return `${namespace} ${name}=${version}:${arch} ${source.name}=${source.version}${rest.join('')}`;
}

describe('deb', () => {
  it.each([
    ['pkg:deb/debian/bash@5.2-1?arch=amd64&distro=debian-12', 'debian:12 bash=5.2-1:amd64 bash=5.2-1'],
    // Syft: the source where it is another, with its version where that is another.
    [
      'pkg:deb/debian/libssl3@3.0.9-1?arch=amd64&upstream=openssl&distro=debian-12',
      'debian:12 libssl3=3.0.9-1:amd64 openssl=3.0.9-1',
    ],
    [
      'pkg:deb/debian/libgcc1@1:6.3.0-18+deb9u1?arch=amd64&upstream=gcc-6%406.3.0-18+deb9u1&distro=debian-9',
      'debian:9 libgcc1=1:6.3.0-18+deb9u1:amd64 gcc-6=6.3.0-18+deb9u1',
    ],
    [
      'pkg:deb/debian/libstdc%2B%2B6@12.2.0-14%2Bdeb12u1?upstream=gcc-12&distro=debian-12',
      'debian:12 libstdc++6=12.2.0-14+deb12u1: gcc-12=12.2.0-14+deb12u1',
    ],
    [
      'pkg:deb/ubuntu/libssl3@3.0.2-0ubuntu1.12%2BFips1?arch=amd64&upstream=openssl&distro=ubuntu-22.04',
      'ubuntu:22.04/fips libssl3=3.0.2-0ubuntu1.12+Fips1:amd64 openssl=3.0.2-0ubuntu1.12+Fips1',
    ],
    // The epoch beside the version, in it, and both.
    ['pkg:deb/debian/login@4.4-4.1?epoch=1&distro=debian-9', 'debian:9 login=1:4.4-4.1: login=1:4.4-4.1'],
    ['pkg:deb/debian/login@1%3A4.4-4.1?distro=debian-9', 'debian:9 login=1:4.4-4.1: login=1:4.4-4.1'],
    ['pkg:deb/debian/login@1:4.4-4.1?epoch=1&distro=debian-9', 'debian:9 login=1:4.4-4.1: login=1:4.4-4.1'],
    ['pkg:deb/debian/login@4.4-4.1?epoch=0&distro=debian-9', 'debian:9 login=4.4-4.1: login=4.4-4.1'],
  ])('%s', (purl, expected) => {
    expect(shown(component(purl))).toBe(expected);
  });

  it('takes epoch and source from what the tool says beside the package URL', () => {
    const purl = 'pkg:deb/ubuntu/bsdutils@2.31.1-0.4?distro=ubuntu-18.04';
    const source = { name: 'util-linux', version: '2.31.1-0.4' };
    const given = component(purl, { name: 'bsdutils', version: '1:2.31.1-0.4', ...facts({ source, arch: 'amd64' }) });
    expect(shown(given)).toBe('ubuntu:18.04 bsdutils=1:2.31.1-0.4:amd64 util-linux=2.31.1-0.4');
  });
});

describe('apk', () => {
  it.each([
    [
      'pkg:apk/alpine/libcrypto3@3.1.4-r5?arch=x86_64&upstream=openssl&distro=alpine-3.18.6',
      'alpine:v3.18 libcrypto3=3.1.4-r5:x86_64 openssl=3.1.4-r5',
    ],
    ['pkg:alpine/busybox@1.35.0-r29?distro=alpine-3.17.0', 'alpine:v3.17 busybox=1.35.0-r29: busybox=1.35.0-r29'],
    [
      'pkg:apk/alpine/apk-tools@2.5.0_rc1-r1?distro=3.1.4',
      'alpine:v3.1 apk-tools=2.5.0_rc1-r1: apk-tools=2.5.0_rc1-r1',
    ],
    // A rolling distribution has no release to say.
    ['pkg:apk/wolfi/glibc@2.39-r0?arch=x86_64', 'wolfi glibc=2.39-r0:x86_64 glibc=2.39-r0'],
  ])('%s', (purl, expected) => {
    expect(shown(component(purl))).toBe(expected);
  });

  it('has the capitals of the database, which the specification has not', () => {
    const purl = 'pkg:apk/alpine/r@4.3.1-r0?distro=alpine-3.19.0';
    expect(shown(component(purl, { name: 'R' }))).toBe('alpine:v3.19 R=4.3.1-r0: R=4.3.1-r0');
  });
});

describe('rpm', () => {
  it.each([
    [
      'pkg:rpm/rhel/openssl-libs@1.1.1k-7.el8_6?arch=x86_64&epoch=1&upstream=openssl-1.1.1k-7.el8_6.src.rpm&distro=rhel-8.7',
      'rhel:8 openssl-libs=1:1.1.1k-7.el8_6:x86_64 openssl=1:1.1.1k-7.el8_6',
    ],
    [
      'pkg:rpm/redhat/openssl-libs@1:1.1.1k-7.el8_6?arch=x86_64&distro=redhat-8.7',
      'rhel:8 openssl-libs=1:1.1.1k-7.el8_6:x86_64 openssl-libs=1:1.1.1k-7.el8_6',
    ],
    ['pkg:rpm/redhat/bash@0:4.4-1.el8?distro=redhat-8.7', 'rhel:8 bash=4.4-1.el8: bash=4.4-1.el8'],
    // The source has another version, so its epoch is not the package's.
    [
      'pkg:rpm/rhel/perl-Carp@1.42-396.el8?epoch=4&upstream=perl-5.26.3-420.el8.src.rpm&distro=rhel-8.7',
      'rhel:8 perl-Carp=4:1.42-396.el8: perl=5.26.3-420.el8',
    ],
    [
      'pkg:rpm/sles/libgcc_s1@12.2.1+git416-150000.1.5.1?arch=x86_64&upstream=gcc12-12.2.1+git416-150000.1.5.1.src.rpm&distro=sles-15.3',
      'sles:15.3 libgcc_s1=12.2.1+git416-150000.1.5.1:x86_64 gcc12=12.2.1+git416-150000.1.5.1',
    ],
    [
      'pkg:rpm/amazon/curl@8.3.0-1.amzn2?distro=amazon-2%20%28Karoo%29',
      'amzn:2 curl=8.3.0-1.amzn2: curl=8.3.0-1.amzn2',
    ],
    [
      'pkg:rpm/redhat/nodejs@12.22-1.el8?epoch=1&rpmmod=nodejs:12&distro=redhat-8.7',
      'rhel:8 nodejs=1:12.22-1.el8: nodejs=1:12.22-1.el8 [nodejs:12]',
    ],
    [
      'pkg:rpm/rhel/bash@4.4-1.el8?upstream=bash.rpm&distro=rhel-8.7',
      'rhel:8 bash=4.4-1.el8: bash=4.4-1.el8 [the source package does not read: "bash.rpm"]',
    ],
    ['pkg:rpm/rhel/gpg-pubkey@5a6340b3-6229229e?distro=rhel-9.7', 'a signing key, not a package'],
  ])('%s', (purl, expected) => {
    expect(shown(component(purl))).toBe(expected);
  });

  it("takes Trivy's and Syft's own words for source, epoch and module", () => {
    const purl = 'pkg:rpm/redhat/npm@6.14-1.el8?distro=redhat-8.7';
    const source = { name: 'nodejs', version: '1:6.14-1.el8' };
    const label = 'nodejs:12:8030020201124152102:229f0a1c';
    expect(shown(component(purl, facts({ epoch: '1', source, module: label })))).toBe(
      'rhel:8 npm=1:6.14-1.el8: nodejs=1:6.14-1.el8 [nodejs:12]',
    );
    expect(shown(component(purl, facts({ source })))).toBe('rhel:8 npm=6.14-1.el8: nodejs=6.14-1.el8');
    expect(shown(component(purl, facts({ sourceRpm: 'nodejs-12.1-1.el8.src.rpm', module: 'nodejs' })))).toBe(
      'rhel:8 npm=6.14-1.el8: nodejs=12.1-1.el8 [the module label does not read: "nodejs"]',
    );
  });
});

describe('a package URL without a distribution', () => {
  const bash = component('pkg:deb/debian/bash@5.2-1');
  const noRelease = 'neither the package nor the document says which release of Debian it is of';
  it.each([
    ['is of that of the document', bash, [own('debian', '12.4')], 'debian:12 bash=5.2-1: bash=5.2-1'],
    ['not of one of another name', bash, [own('ubuntu', '22.04')], noRelease],
    ['nor of none', bash, [], noRelease],
    [
      'nor of one of two releases',
      bash,
      [own('debian', '11'), own('debian', '12')],
      'the document is about several releases, and the package names none',
    ],
    [
      'is of the document if it names only the release not',
      component('pkg:deb/debian/bash@5.2-1?distro=debian'),
      [own('debian', '12')],
      'debian:12 bash=5.2-1: bash=5.2-1',
    ],
    [
      "knows SUSE's and Trivy's names for the document's",
      component('pkg:rpm/suse/bash@5-1'),
      [own('suse linux enterprise server', '15.2')],
      'sles:15.2 bash=5-1: bash=5-1',
    ],
    [
      'says which it lacks',
      component('pkg:deb/bash@5.2-1'),
      [own('debian', '12')],
      'the package URL does not name a distribution',
    ],
    ['knows no other', component('pkg:deb/acme/bash@5.2-1'), [], 'the distribution acme is not known'],
  ])('%s', (_, given, distributions, expected) => {
    expect(shown(given, distributions)).toBe(expected);
  });
});

describe('a package of a language', () => {
  it.each([
    ['pkg:npm/%40Scope/a@1.0.0', 'npm @scope/a=1.0.0: @scope/a=1.0.0'],
    ['pkg:PyPI/Typing_Extensions@4.0', 'PyPI typing-extensions=4.0: typing-extensions=4.0'],
    ['pkg:maven/org.apache/commons@3?type=jar', 'Maven org.apache:commons=3: org.apache:commons=3'],
    ['pkg:golang/github.com/A/b/v2@v2.0.0#cmd', 'Go github.com/A/b/v2=v2.0.0: github.com/A/b/v2=v2.0.0'],
    ['pkg:golang/stdlib@1.21', 'Go stdlib=1.21: stdlib=1.21'],
    ['pkg:cargo/a@1.0.0', 'crates.io a=1.0.0: a=1.0.0'],
    ['pkg:nuget/A.B@1', 'NuGet A.B=1: A.B=1'],
    ['pkg:gem/a@1?platform=java', 'RubyGems a=1: a=1'],
    ['pkg:composer/a/b@v1', 'Packagist a/b=v1: a/b=v1'],
    ['pkg:conda/a@1?build=py_0', 'conda a=1: a=1'],
  ])('%s, in any distribution', (purl, expected) => {
    expect(shown(component(purl), [own('debian', '12')])).toBe(expected);
  });

  it.each([
    ['pkg:npm/JSONStream@1', 'JSONStream', 'npm JSONStream=1: JSONStream=1'],
    ['pkg:npm/%40a/Core@1', 'Core', 'npm @a/Core=1: @a/Core=1'],
    ['pkg:npm/%40a/Core@1', '@a/Core', 'npm @a/Core=1: @a/Core=1'],
    ['pkg:npm/a@1', 'another', 'npm a=1: a=1'],
  ])('%s keeps the capitals of the component %s', (purl, name, expected) => {
    expect(shown({ ...component(purl), name })).toBe(expected);
  });
});

describe('what cannot be matched', () => {
  it.each([
    ['', 'no package URL'],
    ['https://example.org', 'not a package URL'],
    ['pkg:hex/a@1', 'packages of type hex are not matched by this version'],
    ['pkg:npm/a', 'no version'],
    ['pkg:npm/a@1%00', 'a name or version of unfit characters, or too long'],
    ['pkg:maven/without-a-group@1', 'the package URL does not read'],
    ['pkg:deb/debian/bash?distro=debian-12', 'no version'],
    ['pkg:deb/debian/b%ZZ@1?distro=debian-12', 'the package URL does not read'],
    ['pkg:rpm/debian/bash@1-1?distro=debian-12', 'packages of type rpm are not of Debian'],
    ['pkg:deb/debian/bash@1?distro=debian-x9', 'x9 is no release of Debian that is known here'],
    ['pkg:deb/acme/bash@1?distro=acme-9', 'the distribution acme is not known'],
    ['pkg:deb/debian/ba%00sh@1?distro=debian-12', 'a name or version of unfit characters, or too long'],
    [`pkg:deb/debian/${'b'.repeat(2000)}@1?distro=debian-12`, 'a name or version of unfit characters, or too long'],
  ])('%s', (purl, expected) => {
    expect(shown(component(purl), [])).toBe(expected);
  });
});
