import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildImage, buildLayer, buildTar, descriptor, type Image } from '@clair/testing';

const OS_RELEASE =
  'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n';
const STATUS = [
  ['libc6', 'Source: glibc\nVersion: 2.36-9+deb12u3'],
  ['curl', 'Version: 7.88.1-10+deb12u3'],
]
  .map(
    ([name, rest]) => `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\n${rest}\nDescription: x\n`,
  )
  .join('\n');
const FILES = [
  { path: 'etc/os-release', content: OS_RELEASE },
  { path: 'var/lib/dpkg/status', content: STATUS },
];

/** Two old Debian packages in one layer. */
export function debianImage(): Image {
  return buildImage([buildLayer(FILES)]);
}

/** An image in which there is nothing to look up. */
export function emptyImage(): Image {
  return buildImage([buildLayer([{ path: 'etc/motd', content: 'hello\n' }])]);
}

/** Writes the same image in the three forms in which it can lie on a disk; returns how `clairctl` names each. */
export function writeLocalImages(directory: string): readonly string[] {
  return [
    writeLayout(join(directory, 'layout')),
    writeArchive(join(directory, 'image.tar')),
    writeRoot(join(directory, 'root')),
  ];
}

/** @see https://github.com/opencontainers/image-spec/blob/main/image-layout.md */
function writeLayout(directory: string): string {
  const { manifest, config, layers } = debianImage();
  mkdirSync(join(directory, 'blobs/sha256'), { recursive: true });
  for (const blob of [manifest, config, ...layers])
    writeFileSync(join(directory, 'blobs', blob.digest.replace(':', '/')), blob.bytes);
  writeFileSync(join(directory, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  const annotations = { 'org.opencontainers.image.ref.name': 'latest' };
  const index = { schemaVersion: 2, manifests: [{ ...descriptor(manifest), annotations }] };
  writeFileSync(join(directory, 'index.json'), JSON.stringify(index));
  return `oci:${directory}:latest`;
}

/** What `docker save` writes. */
function writeArchive(file: string): string {
  const layer = buildTar(FILES);
  const { config } = debianImage();
  const manifest = [{ Config: 'config.json', RepoTags: ['example/app:1'], Layers: ['layer/layer.tar'] }];
  const archive = buildTar([
    { path: 'manifest.json', content: JSON.stringify(manifest) },
    { path: 'config.json', content: config.bytes },
    { path: 'layer/layer.tar', content: layer },
  ]);
  writeFileSync(file, archive);
  return `docker-archive:${file}`;
}

function writeRoot(directory: string): string {
  for (const { path, content } of FILES) {
    mkdirSync(join(directory, path, '..'), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
  return `dir:${directory}`;
}
