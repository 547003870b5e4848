import { describe, expect, it } from 'vitest';
import type { SbomDocument } from '../component.ts';
import { syft } from './syft.ts';

function read(fields: object): SbomDocument {
  const result = syft.read({ artifacts: [], descriptor: { name: 'syft', version: '1.42.2' }, ...fields });
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

const factsOf = (metadata: object) => read({ artifacts: [{ id: 'a', metadata }] }).components[0]?.facts;

describe('Syft', () => {
  it('reads artifacts', () => {
    const artifact = { id: '0f', name: 'bash', version: '5.2-1', type: 'deb', purl: 'pkg:deb/debian/bash@5.2-1' };
    const { tool, components } = read({ artifacts: [artifact] });
    expect(tool).toBe('syft 1.42.2');
    expect(components).toMatchObject([
      { ref: '0f', name: 'bash', version: '5.2-1', purl: 'pkg:deb/debian/bash@5.2-1' },
    ]);
  });

  it.each([
    [
      'dpkg',
      { source: 'gcc-12', sourceVersion: '12.2.0-14', architecture: 'amd64' },
      { source: { name: 'gcc-12', version: '12.2.0-14' }, arch: 'amd64' },
    ],
    [
      'apk',
      { originPackage: 'openssl', architecture: 'x86_64' },
      { source: { name: 'openssl', version: '' }, arch: 'x86_64' },
    ],
    [
      'rpm',
      { epoch: 1, arch: 'noarch', sourceRpm: 'a-1-1.src.rpm', modularityLabel: 'a:1:2:3' },
      { epoch: '1', arch: 'noarch', sourceRpm: 'a-1-1.src.rpm', module: 'a:1:2:3' },
    ],
    ['rpm without an epoch', { epoch: null, architecture: 'x86_64' }, { epoch: '', arch: 'x86_64' }],
  ])('reads the metadata of %s', (_, metadata, expected) => {
    expect(factsOf(metadata)).toMatchObject(expected);
  });

  it.each([
    [
      'os-release of the image',
      {
        id: 'debian',
        versionID: '13',
        versionCodename: 'trixie',
        prettyName: 'Debian GNU/Linux 13 (trixie)',
        version: '13 (trixie)',
      },
      [{ id: 'debian', version: '13', codeName: 'trixie', prettyName: 'Debian GNU/Linux 13 (trixie)' }],
    ],
    [
      'older schemas',
      { name: 'alpine', version: '3.12.0', idLike: '' },
      [{ id: 'alpine', version: '3.12.0', codeName: '', prettyName: '' }],
    ],
    ['no distribution', {}, []],
  ])('reads the distribution of %s', (_, distro, expected) => {
    expect(read({ distro }).distributions).toEqual(expected);
  });
});
