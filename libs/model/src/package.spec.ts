import { describe, expect, it } from 'vitest';
import { type Package, packageKey } from './package.ts';

const zlib: Package = {
  name: 'zlib1g',
  version: '1:1.2.13.dfsg-1',
  type: 'deb',
  scheme: 'dpkg',
  arch: 'amd64',
  module: '',
  cpes: [],
  owner: '',
  source: { name: 'zlib', version: '1:1.2.13.dfsg-1' },
  namespace: 'debian:12',
};

describe('packageKey', () => {
  it.each<Partial<Package>>([
    { name: 'zlib' },
    { version: '1:1.2.13.dfsg-2' },
    { type: 'apk' },
    { arch: 'arm64' },
    { module: 'a:b' },
    { source: { name: 'zlib1g', version: '1:1.2.13.dfsg-1' } },
    { source: { name: 'zlib', version: '1:1.2.13.dfsg-2' } },
    { namespace: 'debian:13' },
    { name: 'zlib1g1:1.2.13.dfsg-1', version: '' },
    { cpes: ['cpe:/o:redhat:enterprise_linux:9'] },
    { owner: 'python3-requests' },
  ])('differs with %j', (difference) => expect(packageKey({ ...zlib, ...difference })).not.toBe(packageKey(zlib)));

  it('is the same for the same package', () =>
    expect(packageKey({ ...zlib, source: { ...zlib.source } })).toBe(packageKey(zlib)));
});
