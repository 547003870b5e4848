import type { FileFindings, ScannedPackage } from '@clair/model';
import { describe, expect, it } from 'vitest';
import type { InventoryLayer } from './layer-overlay.ts';
import { MAPPING_UNAVAILABLE, needsRepositoryMapping } from './package-products.ts';
import { SCANNERS } from './registry.ts';
import { parseRepositoryMapping, type RepositoryMapping } from './repository-mapping.ts';
import { resolveInventory } from './resolve-inventory.ts';
import { file, reportOf, type TarEntry } from './testing/layer-dsl.ts';

const BASEOS = 'cpe:/o:redhat:enterprise_linux:9::baseos';
const APPSTREAM = 'cpe:/a:redhat:enterprise_linux:9::appstream';
const EUS = 'cpe:/o:redhat:rhel_eus:9.2::baseos';
const STANDARD = ['cpe:/a:redhat:enterprise_linux:9::appstream', 'cpe:/a:redhat:enterprise_linux:9::crb'].concat([
  'cpe:/o:redhat:enterprise_linux:9',
  'cpe:/o:redhat:enterprise_linux:9::baseos',
]);

function mappingOf(data: Record<string, readonly string[]>): RepositoryMapping {
  const entries = Object.entries(data).map(([id, cpes]) => [id, { cpes, repo_relative_urls: [] }]);
  const mapping = parseRepositoryMapping(JSON.stringify({ data: Object.fromEntries(entries) }));
  if (!mapping.ok) throw new Error(mapping.error);
  return mapping.value;
}

const mapping = mappingOf({
  'ubi-9-baseos-rpms': [BASEOS],
  'ubi-9-appstream-rpms': [APPSTREAM],
  'rhel-9-for-x86_64-baseos-eus-rpms': [EUS],
});

function rpms(...texts: readonly string[]): FileFindings {
  const packages = texts.map((text): ScannedPackage => {
    const [name = '', version = ''] = text.split('=');
    return { name, version, type: 'rpm', scheme: 'rpm', arch: 'x86_64', module: '', source: { name, version } };
  });
  return { scanner: 'rpm', path: 'var/lib/rpm/rpmdb.sqlite', packages };
}

function history(...texts: readonly string[]): FileFindings {
  const origins = texts.map((text) => {
    const [name = '', version = '', repoid = ''] = text.split('=');
    return { name, version, arch: 'x86_64', repoid };
  });
  return {
    scanner: 'rhel-dnf-history',
    path: 'var/lib/dnf/history.sqlite',
    packages: [],
    repositories: { contentSets: [], cpes: [], origins },
  };
}

const manifest = (name: string, ...sets: readonly string[]): TarEntry =>
  file(`root/buildinfo/content_manifests/${name}.json`, JSON.stringify({ content_sets: sets }));
const release = (id: string, version = '9.4'): TarEntry =>
  file('etc/os-release', `ID=${id}\nNAME=x\nVERSION_ID="${version}"\n`);

/** A layer of files that scanners read, and of findings as if they had read them. */
interface Content {
  readonly entries?: readonly TarEntry[];
  readonly found?: readonly FileFindings[];
}

function layersOf(...contents: readonly Content[]): readonly InventoryLayer[] {
  return contents.map(({ entries = [], found = [] }, index) => {
    const report = reportOf(entries);
    return { digest: `sha256:${index}`, report: { ...report, files: [...report.files, ...found] } };
  });
}

function resolved(layers: readonly InventoryLayer[], repositories: RepositoryMapping | undefined) {
  const { packages, problems } = resolveInventory(layers, SCANNERS, repositories);
  return {
    cpes: Object.fromEntries(packages.map((pkg) => [pkg.name, pkg.cpes])),
    namespaces: [...new Set(packages.map(({ namespace }) => namespace))],
    problems: problems.map(({ kind, reason }) => `${kind}: ${reason}`),
  };
}

const base = { entries: [release('rhel'), manifest('ubi9', 'ubi-9-baseos-rpms')], found: [rpms('bash=5.1.8-9.el9')] };

describe('a UBI-like image', () => {
  it('has in each layer the products of the repositories that the layer names', () => {
    const layers = layersOf(base, {
      entries: [manifest('httpd', 'ubi-9-baseos-rpms', 'ubi-9-appstream-rpms')],
      found: [rpms('bash=5.1.8-9.el9', 'httpd=2.4.57-8.el9')],
    });
    expect(resolved(layers, mapping)).toEqual({
      cpes: { bash: [BASEOS], httpd: [APPSTREAM, BASEOS] },
      namespaces: ['rhel:9'],
      problems: [],
    });
  });

  it.each([
    { name: 'below', layers: [base, { found: [rpms('bash=5.1.8-9.el9', 'tar=1.34-6.el9')] }] },
    {
      name: 'above',
      layers: [
        { entries: [release('rhel')], found: [rpms('bash=5.1.8-9.el9')] },
        { entries: [manifest('a', 'ubi-9-baseos-rpms')], found: [rpms('bash=5.1.8-9.el9', 'tar=1.34-6.el9')] },
      ],
    },
  ])('a layer that names none is like the nearest $name', ({ layers }) => {
    expect(resolved(layersOf(...layers), mapping)).toEqual({
      cpes: { bash: [BASEOS], tar: [BASEOS] },
      namespaces: ['rhel:9'],
      problems: [],
    });
  });

  it('a manifest that an upper layer deletes still says where its layer came from', () => {
    const layers = layersOf(base, { entries: [file('root/.wh.buildinfo')] });
    expect(resolved(layers, mapping)).toMatchObject({ cpes: { bash: [BASEOS] }, problems: [] });
  });

  it('a package’s own repository goes before those of its layer, where the mapping knows it', () => {
    const layers = layersOf(
      base,
      {
        entries: [manifest('app', 'ubi-9-baseos-rpms', 'ubi-9-appstream-rpms')],
        found: [
          rpms('bash=5.1.8-9.el9', 'httpd=2.4.57-8.el9', 'curl=7.76.1-29.el9', 'nginx=2:1.20-1.el9'),
          history('httpd=2.4.57-8.el9=@System', 'curl=7.76.1-29.el9=own-mirror', 'nginx=2:1.20-1.el9=own-mirror'),
        ],
      },
      { found: [history('httpd=2.4.57-8.el9=ubi-9-appstream-rpms', 'bash=1-1=ubi-9-appstream-rpms')] },
    );
    expect(resolved(layers, mapping).cpes).toEqual({
      bash: [BASEOS],
      curl: [APPSTREAM, BASEOS],
      httpd: [APPSTREAM],
      nginx: [APPSTREAM, BASEOS],
    });
  });

  it('the product that it is labelled with is one more, and replaces none', () => {
    const label = file('root/buildinfo/labels.json', '{"cpe":"cpe:/a:redhat:openshift:4.16::el9"}');
    const labelled = { ...base, entries: [...base.entries, label] };
    expect(resolved(layersOf(labelled), mapping).cpes).toEqual({
      bash: ['cpe:/a:redhat:openshift:4.16::el9', BASEOS],
    });
    const only = layersOf({ entries: [release('rhel'), label], found: base.found });
    expect(resolved(only, mapping).cpes).toEqual({ bash: ['cpe:/a:redhat:openshift:4.16::el9', ...STANDARD].sort() });
  });

  it('of an extended stream has the products of that stream only', () => {
    const eus = { ...base, entries: [release('rhel'), manifest('a', 'rhel-9-for-x86_64-baseos-eus-rpms')] };
    expect(resolved(layersOf(eus), mapping).cpes).toEqual({ bash: [EUS] });
  });
});

describe('what is assumed is said', () => {
  const assumed = 'the standard repositories of Red Hat Enterprise Linux 9 are assumed';

  it('without the mapping', () => {
    expect(resolved(layersOf(base), undefined)).toEqual({
      cpes: { bash: STANDARD },
      namespaces: ['rhel:9'],
      problems: [`incomplete: ${MAPPING_UNAVAILABLE}: ${assumed}`],
    });
  });

  it('in an image that says nothing', () => {
    const layers = layersOf({ entries: [release('rhel')], found: base.found });
    const reason = 'the image does not say which repositories it is built of';
    for (const one of [mapping, undefined]) {
      expect(resolved(layers, one)).toMatchObject({
        cpes: { bash: STANDARD },
        problems: [`incomplete: ${reason}: ${assumed}`],
      });
    }
  });

  it('of repositories that the mapping does not know', () => {
    const partly = { ...base, entries: [release('rhel'), manifest('a', 'ubi-9-baseos-rpms', 'secret-rpms')] };
    expect(resolved(layersOf(partly), mapping)).toMatchObject({
      cpes: { bash: [BASEOS] },
      problems: ['incomplete: 1 repositories are of no known product ("secret-rpms")'],
    });
    const wholly = { ...base, entries: [release('rhel'), manifest('a', 'secret-rpms')] };
    expect(resolved(layersOf(wholly), mapping)).toMatchObject({
      cpes: { bash: STANDARD },
      problems: [`incomplete: 1 repositories are of no known product ("secret-rpms"): ${assumed}`],
    });
  });

  it('not of CentOS, which is built of the standard repositories', () => {
    const layers = layersOf({ entries: [release('centos', '8')], found: [rpms('bash=4.4.19-12.el8')] });
    const { cpes, namespaces, problems } = resolved(layers, undefined);
    expect({ namespaces, problems }).toEqual({ namespaces: ['rhel:8'], problems: [] });
    expect(cpes.bash).toContain('cpe:/o:redhat:enterprise_linux:8::baseos');
  });

  it('not of images without a package of Red Hat’s', () => {
    expect(resolved(layersOf({ entries: [release('rhel')] }), undefined).problems).toEqual([]);
  });
});

it('other vendors name no products', () => {
  const layers = layersOf({
    entries: [release('rocky')],
    found: [rpms('bash=5.1.8-9.el9'), history('bash=5.1.8-9.el9=baseos')],
  });
  expect(resolved(layers, mapping)).toEqual({ cpes: { bash: [] }, namespaces: ['rocky:9'], problems: [] });
});

it('the mapping is needed where a file names repositories', () => {
  expect(needsRepositoryMapping(layersOf(base))).toBe(true);
  expect(needsRepositoryMapping(layersOf({ found: [history('a=1=r')] }))).toBe(true);
  expect(needsRepositoryMapping(layersOf({ entries: [release('rhel')], found: base.found }))).toBe(false);
});

describe('the mapping', () => {
  it('gives the products of a repository', () => {
    expect(mapping.cpesOf('ubi-9-baseos-rpms')).toEqual([BASEOS]);
    expect(mapping.cpesOf('toString')).toBeUndefined();
  });

  it.each(['', '<html>', '[]', '{}', '{"data":[]}', '{"data":{}}', '{"data":{"a":{}}}', '{"data":{"a":{"cpes":"x"}}}'])(
    'is none: %j',
    (text) => expect(parseRepositoryMapping(text).ok).toBe(false),
  );
});
