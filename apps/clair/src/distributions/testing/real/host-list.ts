import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sharedData } from '@clair/testing';
import type { InstalledPackage } from '../package-databases.ts';
import { inTemporaryDirectory, unpack } from './machine-tools.ts';

export const HOST_LISTS = sharedData('fixtures/vuls-host-package-lists.tar.zst');

interface HostList {
  readonly packages: Readonly<
    Record<string, { name: string; version: string; release: string; arch: string; modularitylabel: string }>
  >;
  readonly SrcPackages?: Readonly<Record<string, { name: string; version: string; binaryNames: readonly string[] }>>;
}

/** The packages of a real machine. */
export function hostPackages(host: string): readonly InstalledPackage[] {
  const { packages, SrcPackages = {} } = inTemporaryDirectory((directory): HostList => {
    unpack(HOST_LISTS ?? '', directory);
    return JSON.parse(readFileSync(join(directory, 'data', 'results', `${host}.json`), 'utf8'));
  });
  const sources = new Map(
    Object.values(SrcPackages).flatMap(({ name, version, binaryNames }) =>
      binaryNames.map((binary) => [binary, `${name} (${version})`] as const),
    ),
  );
  const installed = Object.values(packages).filter(({ name }) => name !== 'gpg-pubkey');
  return installed.map(({ name, version, release, arch, modularitylabel }) => {
    const source = sources.get(name);
    return {
      name,
      version: release === '' ? version : `${version}-${release}`,
      arch: arch === '' ? 'amd64' : arch,
      ...(source !== undefined && { source }),
      ...(modularitylabel !== '' && { module: modularitylabel }),
    };
  });
}
