import { berkeleyBytes, headerBytes, ndbBytes, packageHeader, rpmSqliteBytes } from '@clair/scanners/testing';
import type { TarEntry } from '@clair/testing';

/** An installed package of any package manager. */
export interface InstalledPackage {
  readonly name: string;
  /** As the package manager prints it; of rpm `[epoch:]version-release`. */
  readonly version: string;
  readonly arch: string;
  /** The source package; the package itself when absent. Of rpm with version and release: `openssl-3.0.7-27.el9`. */
  readonly source?: string;
  /** rpm's label, as `rpm -q --qf '%{MODULARITYLABEL}'` prints it. */
  readonly module?: string;
}

/** `name.arch version` of each, as an {@link ImageCase} lists them. */
export function inventoryOf(packages: readonly InstalledPackage[]): readonly string[] {
  return packages.map(({ name, version, arch }) => `${name}.${arch} ${version}`);
}

/** dpkg's status, with a package that is no longer installed but for its configuration. @see dpkg-query(1) */
export function dpkgStatus(packages: readonly InstalledPackage[]): TarEntry {
  const removed = { name: 'removed', version: '1.0-1', arch: 'amd64' };
  const stanzas = [
    ...packages.map((one) => stanza(one, 'install ok installed')),
    stanza(removed, 'deinstall ok config-files'),
  ];
  return { path: 'var/lib/dpkg/status', content: stanzas.join('\n') };
}

function stanza({ name, version, arch, source }: InstalledPackage, status: string): string {
  const origin = source === undefined ? '' : `Source: ${source}\n`;
  return (
    `Package: ${name}\nStatus: ${status}\nPriority: optional\nSection: libs\nInstalled-Size: 100\n` +
    `Maintainer: Nobody <nobody@example.org>\nArchitecture: ${arch}\n${origin}Version: ${version}\n` +
    `Description: a package of a test\n with a second line:\n .\n Version: 0\n`
  );
}

/** apk's database of installed packages. @see https://wiki.alpinelinux.org/wiki/Apk_spec */
export function apkInstalled(packages: readonly InstalledPackage[], path = 'lib/apk/db/installed'): TarEntry {
  const records = packages.map(
    ({ name, version, arch, source = name }) =>
      `C:Q1p78yvTLG094tHE1+dToJGbmYzQE=\nP:${name}\nV:${version}\nA:${arch}\nS:1000\nI:4000\nT:a package of a test\n` +
      `U:https://example.org/\nL:MIT\no:${source}\nm:Nobody <nobody@example.org>\nt:1700000000\nc:0000\nF:usr\nR:file\na:0:0:755\n`,
  );
  return { path, content: `${records.join('\n')}\n` };
}

export type RpmForm = 'sqlite' | 'ndb' | 'berkeley';

/** Where the distributions that use a form keep it. */
const RPM_PATHS: Readonly<Record<RpmForm, string>> = {
  sqlite: 'var/lib/rpm/rpmdb.sqlite',
  ndb: 'usr/lib/sysimage/rpm/Packages.db',
  berkeley: 'var/lib/rpm/Packages',
};

/** rpm's database in one of its forms, with a signing key beside the packages, as every real one has. */
export function rpmDatabase(form: RpmForm, packages: readonly InstalledPackage[]): TarEntry {
  const key = headerBytes({ name: 'gpg-pubkey', version: 'fd431d51', release: '4ae0493b' });
  return { path: RPM_PATHS[form], content: rpmBytes(form, [key, ...packages.map(rpmHeader)]) };
}

function rpmBytes(form: RpmForm, headers: readonly Uint8Array[]): Uint8Array {
  if (form === 'sqlite') return rpmSqliteBytes(headers);
  if (form === 'ndb') return ndbBytes(headers);
  return berkeleyBytes(headers, { isLittleEndian: true, pageBytes: 4096, buckets: 4 });
}

function rpmHeader({ name, version: evr, arch, source, module }: InstalledPackage): Uint8Array {
  const [, epoch, version = '', release = ''] = /^(?:(\d+):)?([^-]+)-([^-]+)$/.exec(evr) ?? [];
  return packageHeader(name, {
    version,
    release,
    ...(epoch !== undefined && { epoch: [Number(epoch)] }),
    arch,
    sourceRpm: `${source ?? `${name}-${version}-${release}`}.src.rpm`,
    ...(module !== undefined && { modularityLabel: module }),
  });
}
