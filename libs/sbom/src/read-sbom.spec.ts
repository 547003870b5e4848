import { describe, expect, it } from 'vitest';
import { readSbom } from './read-sbom.ts';
import type { SbomInventory } from './sbom-inventory.ts';

const library = (purl: string, fields: object = {}) => ({ type: 'library', name: 'x', version: '1', purl, ...fields });
const cyclonedx = (components: unknown, fields: object = {}) => ({ bomFormat: 'CycloneDX', components, ...fields });

const MANY: readonly unknown[] = Array(100_001).fill('x');

function read(document: unknown): SbomInventory {
  const result = readSbom(document);
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

const names = ({ inventory }: SbomInventory) => inventory.packages.map(({ name, version }) => `${name}=${version}`);

describe('readSbom', () => {
  it.each([
    ['no object', [], 'the document is none of'],
    ['nothing', undefined, 'the document is none of'],
    ['a report of a scanner', { SchemaVersion: 2, Results: [] }, 'the document is none of'],
    ['components that are no list', cyclonedx({}), '/components'],
    ['packages that are no list', { spdxVersion: 'SPDX-2.3', packages: 'x' }, '/packages'],
    ['artifacts that are no list', { artifacts: {}, descriptor: {} }, '/artifacts'],
    ['SPDX 1', { spdxVersion: 'SPDX-1.2' }, '/spdxVersion'],
    ['SPDX 3', { '@context': 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld', '@graph': [] }, 'SPDX 3 is not read'],
    ['too many components', cyclonedx(MANY), 'more than 100000 components'],
    ['too many packages', { spdxVersion: 'SPDX-2.3', packages: MANY }, 'more than 100000 components'],
    ['too many artifacts', { artifacts: MANY, descriptor: {} }, 'more than 100000 components'],
  ])('refuses %s, and says why', (_, document, reason) => {
    expect(readSbom(document)).toEqual({ ok: false, error: expect.stringContaining(reason) });
  });

  it('of an empty document is an empty inventory', () => {
    expect(read(cyclonedx(undefined))).toEqual({
      format: 'cyclonedx',
      tool: '',
      inventory: { packages: [], distributions: [], problems: [] },
      components: 0,
      matched: 0,
      unmatched: [],
      harmless: 0,
    });
  });

  it('has packages sorted and each once, and counts the components', () => {
    const zlib = library('pkg:deb/debian/zlib1g@1?arch=amd64&distro=debian-12');
    const bash = library('pkg:deb/debian/bash@5?arch=amd64&distro=debian-12');
    const found = read(cyclonedx([zlib, bash, { ...zlib, 'bom-ref': 'again' }]));
    expect(names(found)).toEqual(['bash=5', 'zlib1g=1']);
    expect([found.components, found.matched]).toEqual([3, 3]);
    expect(found.inventory.packages.map(({ locations }) => locations)).toEqual([[], []]);
  });

  it('reads as many components as it allows', () => {
    expect(read(cyclonedx(MANY.slice(1))).unmatched).toHaveLength(100_000);
  });

  it('says of everything that it does not match why', () => {
    const found = read(
      cyclonedx([
        library('pkg:hex/a@1', { name: 'a' }),
        library('pkg:rpm/rhel/gpg-pubkey@1-2?distro=rhel-9.1', { name: 'gpg-pubkey' }),
        'nonsense',
        { type: 'library', 'bom-ref': 'only-a-ref' },
        { type: 'library', name: 'x\u001b', version: 'y'.repeat(3000) },
        { type: 'file', name: '/etc/passwd' },
        { type: 'container', name: 'app' },
        library('pkg:oci/base@sha256:00'),
      ]),
    );
    expect(found.unmatched.slice(0, 3)).toEqual([
      { component: 'a 1', purl: 'pkg:hex/a@1', reason: 'packages of type hex are not matched by this version' },
      { component: 'gpg-pubkey 1', purl: expect.any(String), reason: 'a signing key, not a package' },
      { component: 'only-a-ref', purl: '', reason: 'no package URL' },
    ]);
    expect(found.unmatched[3]?.component.length).toBeLessThan(1100);
    expect(found.unmatched[3]?.component).not.toContain('\u001b');
    expect(found.unmatched[4]).toEqual({ component: '/components/2', purl: '', reason: 'not a component' });
    expect([found.components, found.matched, found.harmless]).toEqual([5, 0, 1]);
  });

  it('names the distribution of the document once, and those that only packages name', () => {
    const system = { type: 'operating-system', name: 'debian', version: '12.4' };
    const found = read(
      cyclonedx([
        system,
        library('pkg:deb/debian/bash@5?distro=debian-12'),
        library('pkg:apk/alpine/busybox@1-r0?distro=alpine-3.20.1'),
      ]),
    );
    expect(found.inventory.distributions.map(({ namespace, versionId }) => [namespace, versionId])).toEqual([
      ['debian:12', '12.4'],
      ['alpine:v3.20', '3.20.1'],
    ]);
  });

  it("gives Red Hat's packages the products of the standard repositories, and says that it assumes them", () => {
    const { inventory } = read(cyclonedx([library('pkg:rpm/redhat/bash@5.1-1.el9?distro=redhat-9.4')]));
    expect(inventory.packages[0]?.cpes).toContain('cpe:/o:redhat:enterprise_linux:9::baseos');
    expect(inventory.problems.map(({ reason }) => reason)).toEqual([expect.stringContaining('are assumed')]);
    const almost = read(cyclonedx([library('pkg:rpm/almalinux/bash@5.1-1.el9?distro=almalinux-9.4')])).inventory;
    expect([almost.packages[0]?.cpes, almost.problems]).toEqual([[], []]);
  });

  it('lists the first problems of components, and counts the rest', () => {
    const odd = (n: number) => library(`pkg:rpm/sles/p${n}@1-1?upstream=p.rpm&distro=sles-15.5`, { name: `p${n}` });
    const { inventory } = read(cyclonedx(Array.from({ length: 60 }, (_, n) => odd(n))));
    expect(inventory.packages).toHaveLength(60);
    expect(inventory.problems).toHaveLength(51);
    expect(inventory.problems.at(-1)?.reason).toBe('and 10 more components');
  });

  it.each([
    ['a signed statement', (document: object) => ({ _type: 'x', predicateType: 'y', predicate: document })],
    ["GitHub's export", (document: object) => ({ sbom: document })],
  ])('finds the document inside of %s', (_, wrap) => {
    expect(names(read(wrap(cyclonedx([library('pkg:deb/debian/bash@5?distro=debian-12')]))))).toEqual(['bash=5']);
  });

  it('does not throw, whatever the document is', () => {
    const odd = [null, 1, 'x', [], {}, { name: 1 }, { purl: {} }, { properties: [null, { name: 1, value: [] }] }];
    for (const value of odd) {
      for (const document of [
        cyclonedx([value], { metadata: value }),
        {
          spdxVersion: 'SPDX-2.3',
          packages: [value],
          relationships: [value],
          creationInfo: value,
          documentDescribes: value,
        },
        { artifacts: [value], descriptor: {}, distro: value },
        { predicateType: 'x', predicate: value },
        { sbom: value },
      ]) {
        expect(() => readSbom(document)).not.toThrow();
      }
    }
  });

  it('reads components inside of components, and says where it stops', () => {
    const wrapped = (depth: number) => {
      let nested: object = library('pkg:deb/debian/bash@5?distro=debian-12');
      for (let level = 0; level < depth; level++) nested = { type: 'container', components: [nested] };
      return read(cyclonedx([nested]));
    };
    expect(names(wrapped(49))).toEqual(['bash=5']);
    expect(wrapped(20_000).unmatched).toEqual([
      { component: '/components/0'.repeat(51), purl: '', reason: 'inside of more than 50 others' },
    ]);
  });
});
