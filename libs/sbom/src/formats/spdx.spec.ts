import { describe, expect, it } from 'vitest';
import type { SbomDocument } from '../component.ts';
import { spdx } from './spdx.ts';

function read(fields: object): SbomDocument {
  const result = spdx.read({ spdxVersion: 'SPDX-2.3', ...fields });
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

const purlRef = (referenceLocator: string) => ({
  referenceCategory: 'PACKAGE-MANAGER',
  referenceType: 'purl',
  referenceLocator,
});
const entry = (SPDXID: string, fields: object = {}) => ({
  SPDXID: `SPDXRef-${SPDXID}`,
  name: 'x',
  versionInfo: '1',
  ...fields,
});
const refs = (packages: unknown[], fields: object = {}) =>
  read({ packages, ...fields }).components.map(({ ref }) => ref);

describe('SPDX', () => {
  it.each([
    [['Organization: Anchore, Inc', 'Tool: syft-0.64.0'], 'syft 0.64.0'],
    [['Tool: trivy', 'Organization: aquasecurity'], 'trivy'],
    [['Tool: Microsoft.SBOMTool-2.0.88'], 'Microsoft.SBOMTool 2.0.88'],
    [['Person: A'], ''],
    [undefined, ''],
  ])('of %j is by "%s"', (creators, tool) => {
    expect(read({ creationInfo: { creators } }).tool).toBe(tool);
  });

  it("reads Trivy's source packages", () => {
    const { components } = read({
      packages: [
        entry('Package-1', {
          name: 'libpcre3',
          versionInfo: '2:8.39-12ubuntu0.1',
          sourceInfo: 'built package from: pcre3 2:8.39-12ubuntu0.1',
          externalRefs: [purlRef('pkg:deb/ubuntu/libpcre3@2:8.39-12ubuntu0.1?distro=ubuntu-20.04')],
        }),
        entry('Package-2', { sourceInfo: 'acquired package info from RPM DB: /var/lib/rpm/Packages' }),
        entry('Package-3', { versionInfo: 'NOASSERTION' }),
      ],
    });
    expect(components.map(({ facts }) => facts.source)).toEqual([
      { name: 'pcre3', version: '2:8.39-12ubuntu0.1' },
      { name: '', version: '' },
      { name: '', version: '' },
    ]);
    expect(components.map(({ version }) => version)).toEqual(['2:8.39-12ubuntu0.1', '1', '']);
  });

  it.each([
    ['2.3', [purlRef('pkg:deb/debian/a@1')], 'pkg:deb/debian/a@1'],
    ['2.2', [{ ...purlRef('pkg:deb/debian/a@1'), referenceCategory: 'PACKAGE_MANAGER' }], 'pkg:deb/debian/a@1'],
    ['an IRI', [{ ...purlRef('pkg:npm/a@1'), referenceType: 'http://spdx.org/rdf/references/purl' }], 'pkg:npm/a@1'],
    ['several', [purlRef('pkg:generic/a@1'), purlRef('pkg:rpm/rhel/a@1-1')], 'pkg:rpm/rhel/a@1-1'],
    ['a CPE', [{ referenceType: 'cpe23Type', referenceLocator: 'cpe:2.3:a:a:a:1:*:*:*:*:*:*:*' }], ''],
  ])('reads the package URL of %s', (_, externalRefs, purl) => {
    expect(read({ packages: [entry('Package-a', { externalRefs })] }).components[0]?.purl).toBe(purl);
  });

  it('takes the operating system for the distribution, and neither files nor images nor lists of packages for components', () => {
    const found = read({
      packages: [
        entry('OperatingSystem-1', { name: 'suse linux enterprise server', versionInfo: '15.2' }),
        entry('os', { name: 'debian', versionInfo: '12.4', primaryPackagePurpose: 'OPERATING-SYSTEM' }),
        entry('ContainerImage-1', { externalRefs: [] }),
        entry('Application-1', { name: 'gobinary' }),
        entry('DocumentRoot-Directory-.', { primaryPackagePurpose: 'FILE' }),
        entry('image', { primaryPackagePurpose: 'CONTAINER' }),
        entry('Package-1'),
      ],
    });
    expect(found.components.map(({ ref }) => ref)).toEqual(['SPDXRef-Package-1']);
    expect(found.distributions.map(({ id, version }) => `${id} ${version}`)).toEqual([
      'suse linux enterprise server 15.2',
      'debian 12.4',
    ]);
  });

  it('leaves out the one thing that it is about, unless that is a package to be matched', () => {
    const root = entry('root');
    const part = entry('part');
    const describes = (id: string) => ({
      spdxElementId: 'SPDXRef-DOCUMENT',
      relationshipType: 'DESCRIBES',
      relatedSpdxElement: `SPDXRef-${id}`,
    });
    expect(refs([root, part])).toEqual(['SPDXRef-root', 'SPDXRef-part']);
    expect(refs([root, part], { documentDescribes: ['SPDXRef-root'] })).toEqual(['SPDXRef-part']);
    expect(refs([root, part], { relationships: [describes('root')] })).toEqual(['SPDXRef-part']);
    expect(refs([root, part], { relationships: [describes('root'), describes('part')] })).toHaveLength(2);
    const apk = entry('root', { externalRefs: [purlRef('pkg:apk/wolfi/x@1-r0')] });
    expect(refs([apk, part], { documentDescribes: ['SPDXRef-root'] })).toEqual(['SPDXRef-root', 'SPDXRef-part']);
  });
});
