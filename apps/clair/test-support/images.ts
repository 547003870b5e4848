import { buildImage, buildLayer, type Image, type TarEntry } from '@clair/testing';
import type { HeldFiles } from './held-files.ts';

const OS_RELEASE =
  'ID=debian\nVERSION_ID="12"\nVERSION="12 (bookworm)"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n';
const PACKAGES: readonly (readonly [name: string, version: string, source: string])[] = [
  ['libc6', '2.36-9+deb12u3', 'glibc'],
  ['libc-bin', '2.36-9+deb12u3', 'glibc'],
  ['libssl3', '3.0.9-1', 'openssl'],
  ['zlib1g', '1:1.2.13.dfsg-1', 'zlib'],
];

/** A Debian image of two layers. Another `mark` makes other layers with the same packages in them. */
export function debianImage(mark: string): Image {
  const file = (path: string, content: string): TarEntry => ({ path, content });
  const status = PACKAGES.map(
    ([name, version, source]) =>
      `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nSource: ${source}\nVersion: ${version}\n`,
  ).join('\n');
  return buildImage([
    buildLayer([file('etc/os-release', OS_RELEASE), file('base', mark)]),
    buildLayer([file('var/lib/dpkg/status', status), file('application', mark)]),
  ]);
}

/** Puts the layers on the server. */
export function publish(image: Image, files: HeldFiles): void {
  for (const layer of image.layers) files.put(`/${layer.digest}`, layer.bytes);
}

/** Clair's manifest of a published image. */
export function manifestOf(image: Image, files: HeldFiles): object {
  const layers = image.layers.map(({ digest }) => ({ hash: digest, uri: `${files.url}/${digest}`, headers: {} }));
  return { hash: image.manifest.digest, layers };
}
