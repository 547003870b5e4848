import type { Affected } from '@clair/model';
import { describe, expect, it } from 'vitest';
import { IndexReport } from '../generated/clair/indexer/v1/indexer.ts';
import { indexReportV1 } from './index-report-v1.ts';
import { inventoryV1 } from './inventory-v1.ts';
import { vulnerabilityV1 } from './vulnerability-v1.ts';

const LAYER = `sha256:${'1'.repeat(64)}`;

interface Fields {
  readonly namespace?: string;
  readonly version?: string;
  readonly cpes?: string[];
}

function installed(name: string, source: string, fields: Fields = {}) {
  const { namespace = 'ubuntu:18.04', version = '1.6.11', cpes = [] } = fields;
  return {
    package: {
      name,
      version,
      type: 'deb',
      scheme: 'dpkg',
      namespace,
      arch: 'amd64',
      module: '',
      cpes,
      owner: '',
      source: { name: source, version },
    },
    locations: [{ path: 'var/lib/dpkg/status', introducedIn: LAYER, layer: LAYER }],
  };
}

const ubuntu = {
  did: 'ubuntu',
  name: 'Ubuntu',
  version: '18.04.3 LTS (Bionic Beaver)',
  versionCodeName: 'bionic',
  versionId: '18.04',
  arch: '',
  cpe: '',
  prettyName: 'Ubuntu 18.04.3 LTS',
  namespace: 'ubuntu:18.04',
};

describe('indexReportV1', () => {
  it('is what Clair answers for the same image, to the order of the fields', () => {
    const report = IndexReport.fromPartial({
      manifestHash: `sha256:${'f'.repeat(64)}`,
      state: 'IndexFinished',
      success: true,
      packages: [installed('libapt-pkg5.0', 'apt')],
      distributions: [ubuntu],
    });
    expect(JSON.stringify(indexReportV1(report))).toBe(
      `{"manifest_hash":"sha256:${'f'.repeat(64)}","state":"IndexFinished",` +
        '"packages":{"1":{"id":"1","name":"libapt-pkg5.0","version":"1.6.11","kind":"binary",' +
        '"source":{"id":"2","name":"apt","version":"1.6.11","kind":"source","source":null,"normalized_version":"","module":"","arch":"","cpe":""},' +
        '"normalized_version":"","module":"","arch":"amd64","cpe":""}},' +
        '"distributions":{"1":{"id":"1","did":"ubuntu","name":"Ubuntu","version":"18.04.3 LTS (Bionic Beaver)","version_code_name":"bionic",' +
        '"version_id":"18.04","arch":"","cpe":"","pretty_name":"Ubuntu 18.04.3 LTS"}},"repository":{},' +
        `"environments":{"1":[{"package_db":"var/lib/dpkg/status","introduced_in":"${LAYER}","distribution_id":"1","repository_ids":[]}]},` +
        '"success":true,"err":""}',
    );
  });

  it('has empty objects, never null, for an image without packages', () => {
    const report = indexReportV1(IndexReport.fromPartial({ state: 'IndexError', err: 'no such layer' }));
    expect(report).toMatchObject({
      packages: {},
      distributions: {},
      repository: {},
      environments: {},
      err: 'no such layer',
    });
  });
});

describe('inventoryV1', () => {
  const apt = installed('apt', 'apt');
  const libapt = installed('libapt-pkg5.0', 'apt');
  const foreign = installed('left-pad', '', { namespace: 'npm' });

  it('numbers packages by identity, and tells the numbers in the order given', () => {
    const { packageIds, inventory } = inventoryV1({ packages: [libapt, foreign, apt], distributions: [ubuntu] });
    expect(packageIds).toEqual(['3', '1', '2']);
    expect(inventory).toEqual(inventoryV1({ packages: [apt, libapt, foreign], distributions: [ubuntu] }).inventory);
  });

  it('gives the packages of one source one id for it', () => {
    const { inventory } = inventoryV1({ packages: [apt, libapt], distributions: [] });
    expect(Object.values(inventory.packages).map(({ source }) => source?.id)).toEqual(['3', '3']);
  });

  it('has no source where there is none, and no distribution for a package of none', () => {
    const { inventory } = inventoryV1({ packages: [foreign], distributions: [ubuntu] });
    expect(inventory.packages['1']?.source).toBeNull();
    expect(inventory.environments['1']?.[0]?.distribution_id).toBe('');
  });

  it('lists the products of Red Hat once each, and says which a package may have come from', () => {
    const [baseos, appstream] = [
      'cpe:/o:redhat:enterprise_linux:9::baseos',
      'cpe:/a:redhat:enterprise_linux:9::appstream',
    ];
    const both = installed('glibc', 'glibc', { cpes: [appstream, baseos] });
    const one = installed('bash', 'bash', { cpes: [baseos] });
    const { inventory } = inventoryV1({ packages: [both, one], distributions: [] });
    const product = (id: string, cpe: string) => ({ id, name: cpe, key: 'rhel-cpe-repository', cpe });
    expect(inventory.repository).toEqual({ 1: product('1', appstream), 2: product('2', baseos) });
    expect(inventory.environments['1']?.[0]?.repository_ids).toEqual(['2']);
    expect(inventory.environments['2']?.[0]?.repository_ids).toEqual(['1', '2']);
  });

  it('has of languages where their packages come from, and no source', () => {
    const { inventory } = inventoryV1({
      packages: [
        installed('left-pad', 'left-pad', { namespace: 'npm' }),
        installed('serde', 'serde', { namespace: 'crates.io' }),
      ],
      distributions: [ubuntu],
    });
    expect(inventory.repository).toEqual({
      1: { id: '1', name: 'cargo', cpe: '' },
      2: { id: '2', name: 'npm', uri: 'https://www.npmjs.com/', cpe: '' },
    });
    expect(Object.values(inventory.packages).map(({ name, source }) => [name, source])).toEqual([
      ['serde', null],
      ['left-pad', null],
    ]);
    expect(inventory.environments['2']).toEqual([
      { package_db: 'var/lib/dpkg/status', introduced_in: LAYER, distribution_id: '', repository_ids: ['2'] },
    ]);
  });

  it('takes a package without its facts for a bug', () => {
    expect(() => inventoryV1({ packages: [{ package: undefined, locations: [] }], distributions: [] })).toThrow(
      'without its facts',
    );
  });
});

describe('vulnerabilityV1', () => {
  const affected: Affected = {
    namespace: 'ubuntu:18.04',
    package: 'glibc',
    packageKind: 'binary',
    scheme: 'dpkg',
    range: { fixed: '2.28-0ubuntu1' },
    status: 'affected',
    fixState: 'fixed',
    arches: [],
    module: '',
    cpe: '',
    bulletin: '',
    severity: 'low',
    normalizedSeverity: 'Low',
  };
  const vulnerability = (fields: Partial<Affected> = {}, issued = '2019-02-26T02:29:00Z') =>
    vulnerabilityV1({
      id: 356835,
      feed: 'ubuntu',
      name: 'CVE-2009-5155',
      description: 'a flaw',
      issued,
      links: ['https://a', 'https://b'],
      affected: { ...affected, ...fields },
    });

  it('has the fields of Clair in their order, and no arch_op without architectures', () => {
    expect(Object.keys(vulnerability())).toEqual([
      ...['id', 'updater', 'name', 'description', 'issued', 'links', 'severity', 'normalized_severity'],
      ...['package', 'distribution', 'repository', 'fixed_in_version'],
    ]);
    expect(vulnerability()).toMatchObject({
      id: '356835',
      links: 'https://a https://b',
      fixed_in_version: '2.28-0ubuntu1',
    });
  });

  it('dates what has no date as Go does', () => {
    expect(vulnerability({}, '').issued).toBe('0001-01-01T00:00:00Z');
  });

  it('says of which language it is', () => {
    const { repository, distribution } = vulnerability({ namespace: 'PyPI', scheme: 'pep440' });
    expect(repository).toEqual({ id: '', name: 'pypi', uri: 'https://pypi.org/simple', cpe: '' });
    expect(distribution.did).toBe('');
  });

  it.each([
    [['amd64'], 'amd64', 'equals'],
    [['amd64', 'x86_64+v2'], '^(amd64|x86_64\\+v2)$', 'pattern match'],
  ])('says which architectures: %j', (arches, arch, operation) => {
    expect(vulnerability({ arches })).toMatchObject({ arch_op: operation, package: { arch } });
  });

  it('leaves the fixed version empty where no version fixes it', () => {
    expect(vulnerability({ range: { lastAffected: '3' } }).fixed_in_version).toBe('');
  });

  it.each([
    ['debian:12', 'dpkg', 'debian', '12'],
    ['alpine:v3.20', 'apk', 'alpine', 'v3.20'],
    ['wolfi', 'apk', 'wolfi', ''],
    ['PyPI', 'pep440', '', ''],
  ])(
    'reads the distribution off namespace %s of scheme %s when the image does not say',
    (namespace, scheme, did, versionId) => {
      expect(vulnerability({ namespace, scheme }).distribution).toMatchObject({ did, version_id: versionId });
    },
  );
});
