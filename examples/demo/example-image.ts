import { buildImage, buildLayer, type Image, type TarEntry } from '@clair/testing';

const OS_RELEASE = `PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION="12 (bookworm)"
VERSION_CODENAME=bookworm
ID=debian
`;

interface DebianPackage {
  readonly name: string;
  readonly version: string;
  readonly source?: string;
}

const BASE: readonly DebianPackage[] = [
  { name: 'libc6', version: '2.36-9+deb12u3', source: 'glibc' },
  { name: 'libc-bin', version: '2.36-9+deb12u3', source: 'glibc' },
  { name: 'libssl3', version: '3.0.9-1', source: 'openssl' },
  { name: 'liblzma5', version: '5.4.1-0.2', source: 'xz-utils' },
  { name: 'zlib1g', version: '1:1.2.13.dfsg-1', source: 'zlib' },
  { name: 'perl-base', version: '5.36.0-7', source: 'perl' },
];

/** What the second layer installs, and with it a newer OpenSSL. */
const APPLICATION: readonly DebianPackage[] = [
  ...BASE.map((one) => (one.name === 'libssl3' ? { ...one, version: '3.0.11-1~deb12u2' } : one)),
  { name: 'curl', version: '7.88.1-10+deb12u3' },
  { name: 'libcurl4', version: '7.88.1-10+deb12u3', source: 'curl' },
];

/** A Debian image of two layers: a base, and an application that adds curl and updates OpenSSL. */
export function exampleImage(): Image {
  const base = buildLayer([text('etc/os-release', OS_RELEASE), text('var/lib/dpkg/status', status(BASE))]);
  const application = buildLayer([text('var/lib/dpkg/status', status(APPLICATION))]);
  return buildImage([base, application]);
}

function text(path: string, content: string): TarEntry {
  return { path, content };
}

function status(packages: readonly DebianPackage[]): string {
  return packages
    .map(
      ({ name, version, source }) =>
        `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\n${source === undefined ? '' : `Source: ${source}\n`}Version: ${version}\nDescription: part of the demo\n`,
    )
    .join('\n');
}
