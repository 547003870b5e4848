import { describe, expect, it } from 'vitest';
import type { SbomDocument } from '../component.ts';
import { cyclonedx } from './cyclonedx.ts';

function read(fields: object): SbomDocument {
  const result = cyclonedx.read({ bomFormat: 'CycloneDX', ...fields });
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

const property = (name: string, value: string) => ({ name, value });

describe('CycloneDX', () => {
  it.each([
    ['a list of tools, up to 1.4', [{ vendor: 'aquasecurity', name: 'trivy', version: '0.29.1' }], 'trivy 0.29.1'],
    ['an object of tools, since 1.5', { components: [{ name: 'syft', version: '1.42.2' }] }, 'syft 1.42.2'],
    ['a tool without a version', [{ name: 'cdxgen' }], 'cdxgen'],
    ['no tool', undefined, ''],
  ])('has %s', (_, tools, expected) => {
    expect(read({ metadata: { tools } }).tool).toBe(expected);
  });

  it("reads Trivy's properties", () => {
    const { components } = read({
      components: [
        {
          'bom-ref': 'b',
          type: 'library',
          name: 'npm',
          version: '1:6.14.8-1.12.18.4.2.module',
          purl: 'pkg:rpm/redhat/npm@6.14.8-1.12.18.4.2.module?distro=redhat-8.3&epoch=1',
          properties: [
            property('aquasecurity:trivy:Modularitylabel', 'nodejs:12:8030020201124152102:229f0a1c'),
            property('aquasecurity:trivy:SrcName', 'nodejs'),
            property('aquasecurity:trivy:SrcVersion', '12.18.4'),
            property('aquasecurity:trivy:SrcRelease', '2.module'),
            property('aquasecurity:trivy:SrcEpoch', '1'),
          ],
        },
      ],
    });
    expect(components).toEqual([
      {
        ref: 'b',
        name: 'npm',
        version: '1:6.14.8-1.12.18.4.2.module',
        purl: 'pkg:rpm/redhat/npm@6.14.8-1.12.18.4.2.module?distro=redhat-8.3&epoch=1',
        facts: {
          epoch: '',
          arch: '',
          module: 'nodejs:12:8030020201124152102:229f0a1c',
          source: { name: 'nodejs', version: '1:12.18.4-2.module' },
          sourceRpm: '',
        },
      },
    ]);
  });

  it.each([
    ['apart', ['12.18.4', '2', '1'], '1:12.18.4-2'],
    ['as one, as older versions of Trivy do', ['2:8.39-12', '', ''], '2:8.39-12'],
    ['with the epoch twice', ['2:8.39', '12', '2'], '2:8.39-12'],
    ['without a version', ['', '12', '2'], ''],
  ])('has the version of a source %s', (_, [version = '', release = '', epoch = ''], expected) => {
    const properties = [
      property('aquasecurity:trivy:SrcName', 'x'),
      property('aquasecurity:trivy:SrcVersion', version),
      property('aquasecurity:trivy:SrcRelease', release),
      property('aquasecurity:trivy:SrcEpoch', epoch),
    ];
    expect(read({ components: [{ type: 'library', properties }] }).components[0]?.facts.source.version).toBe(expected);
  });

  it("reads Syft's properties", () => {
    const properties = [
      property('syft:metadata:source', 'openssl'),
      property('syft:metadata:sourceVersion', '3.0.1'),
      property('syft:metadata:epoch', '1'),
      property('syft:metadata:architecture', 'amd64'),
      property('syft:metadata:modularityLabel', 'a:b:c:d'),
      property('syft:metadata:sourceRpm', 'openssl-3.0.1-1.src.rpm'),
    ];
    const [component] = read({ components: [{ type: 'library', name: 'x', properties }] }).components;
    expect(component?.facts).toEqual({
      epoch: '1',
      arch: 'amd64',
      module: 'a:b:c:d',
      source: { name: 'openssl', version: '3.0.1' },
      sourceRpm: 'openssl-3.0.1-1.src.rpm',
    });
    expect(component?.ref).toBe('/components/0');
  });

  it('takes the operating system for the distribution, and neither files nor images nor lists of packages for components', () => {
    const system = [
      {
        type: 'operating-system',
        name: 'debian',
        version: '12.4',
        properties: [property('aquasecurity:trivy:Class', 'os-pkgs')],
      },
      {
        type: 'operating-system',
        name: 'Debian GNU/Linux',
        version: '12',
        properties: [property('syft:distro:id', 'debian'), property('syft:distro:versionCodename', 'bookworm')],
      },
    ];
    const lockFile = {
      type: 'application',
      name: 'package-lock.json',
      properties: [property('aquasecurity:trivy:Class', 'lang-pkgs')],
    };
    const found = read({
      metadata: { component: { type: 'container', name: 'app', purl: 'pkg:oci/app' } },
      components: [...system, { type: 'file', name: 'f' }, { type: 'container' }, { type: 'data' }, lockFile],
    });
    expect(found.components).toEqual([]);
    expect(found.distributions).toEqual([
      { id: 'debian', version: '12.4', codeName: '', prettyName: '' },
      { id: 'debian', version: '12', codeName: 'bookworm', prettyName: '' },
    ]);
  });

  it('takes what the document is about for a component only where that is a package', () => {
    const about = (purl: string) => read({ metadata: { component: { type: 'library', name: 'x', purl } } }).components;
    expect(about('pkg:npm/x@1')).toEqual([]);
    expect(about('pkg:apk/wolfi/x@1-r0')).toHaveLength(1);
  });

  it('keeps the order of the document', () => {
    const part = (name: string, components: unknown[] = []) => ({ type: 'library', name, components });
    const found = read({
      metadata: { component: { type: 'application', components: [part('a')] } },
      components: [part('b', [part('c', [part('d')]), part('e')]), part('f')],
    });
    expect(found.components.map(({ name, ref }) => `${name} ${ref}`)).toEqual([
      'a /metadata/component/components/0',
      'b /components/0',
      'c /components/0/components/0',
      'd /components/0/components/0/components/0',
      'e /components/0/components/1',
      'f /components/1',
    ]);
  });
});
