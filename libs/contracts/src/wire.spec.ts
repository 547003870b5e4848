import type { Advisory, Affected, Inventory, Package } from '@clair/model';
import { describe, expect, it } from 'vitest';
import {
  advisoryFromWire,
  advisoryToWire,
  affectedFromWire,
  affectedToWire,
  IndexReport,
  inventoryFromWire,
  inventoryToWire,
  Layer,
  layerFromWire,
  layerToWire,
  packageFromWire,
  packageToWire,
  readDescriptorSet,
  WireAdvisory,
  WirePackage,
} from './index.ts';

const pkg: Package = {
  name: 'libssl3',
  version: '3.0.11-1~deb12u2',
  type: 'deb',
  scheme: 'dpkg',
  namespace: 'debian:12',
  arch: 'amd64',
  module: '',
  cpes: ['cpe:/o:redhat:enterprise_linux:9::baseos'],
  owner: 'python3-a',
  source: { name: 'openssl', version: '3.0.11-1~deb12u2' },
};

const affected: Affected = {
  namespace: 'debian:12',
  package: 'openssl',
  packageKind: 'source',
  scheme: 'dpkg',
  range: { fixed: '3.0.11-1~deb12u3' },
  status: 'affected',
  fixState: 'fixed',
  arches: ['amd64', 'arm64'],
  module: '',
  cpe: 'cpe:/o:redhat:enterprise_linux:9',
  bulletin: 'RHSA-2024:1',
  severity: 'medium**',
  normalizedSeverity: 'Medium',
};

const advisory: Advisory = {
  key: 'CVE-2024-1/openssl',
  name: 'CVE-2024-1',
  description: 'A flaw, with “quotes”.',
  issued: '2024-01-02T03:04:05.678+01:00',
  links: ['https://example.com/1'],
  aliases: ['DSA-1-1'],
  upstream: ['CVE-2024-2'],
  cvss: ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'],
  weaknesses: ['CWE-79'],
  affected: [affected, { ...affected, range: {}, status: 'undetermined', fixState: 'unknown', arches: [] }],
};

const inventory: Inventory = {
  packages: [
    { ...pkg, locations: [{ path: 'var/lib/dpkg/status', introducedIn: 'sha256:a', layer: 'sha256:b' }] },
    { ...pkg, namespace: '', locations: [] },
  ],
  distributions: [
    {
      did: 'debian',
      name: 'Debian GNU/Linux',
      version: '12 (bookworm)',
      versionCodeName: 'bookworm',
      versionId: '12',
      arch: '',
      cpe: '',
      prettyName: 'Debian GNU/Linux 12 (bookworm)',
      namespace: 'debian:12',
    },
  ],
  problems: [{ scanner: 'dpkg', path: 'var/lib/dpkg/status', kind: 'malformed', reason: 'record 3 has no version' }],
};

describe('a domain value survives the wire', () => {
  it('as a package', () => {
    expect(packageFromWire(WirePackage.decode(WirePackage.encode(packageToWire(pkg)).finish()))).toEqual({
      ok: true,
      value: pkg,
    });
  });

  it('as an advisory', () => {
    const bytes = WireAdvisory.encode(advisoryToWire(advisory)).finish();
    expect(advisoryFromWire(WireAdvisory.decode(bytes))).toEqual({ ok: true, value: advisory });
  });

  it.each([{}, { introduced: '1' }, { fixed: '2' }, { lastAffected: '3' }, { introduced: '1', fixed: '2' }])(
    'as an affected row with range %j',
    (range) => {
      const row = { ...affected, range };
      expect(affectedFromWire(affectedToWire(row))).toEqual({ ok: true, value: row });
    },
  );

  it('as an inventory inside an index report', () => {
    const report = IndexReport.fromPartial({ manifestHash: 'sha256:m', ...inventoryToWire(inventory) });
    expect(inventoryFromWire(IndexReport.decode(IndexReport.encode(report).finish()))).toEqual({
      ok: true,
      value: inventory,
    });
  });

  it('as a layer', () => {
    const digest = `sha256:${'0'.repeat(64)}`;
    const layer = {
      digest,
      uri: 'https://registry.example/v2/a/blobs/x',
      headers: { authorization: ['Bearer x'], accept: ['a', 'b'] },
    };
    expect(layerFromWire(Layer.decode(Layer.encode(layerToWire(layer)).finish()))).toEqual({ ok: true, value: layer });
  });
});

describe('a message that is not what it should be says where', () => {
  const wirePackage = packageToWire(pkg);
  const wireAffected = affectedToWire(affected);
  const wireAdvisory = advisoryToWire(advisory);
  const wireInventory = inventoryToWire(inventory);

  it.each([
    ['name', { ...wirePackage, name: '' }],
    ['type', { ...wirePackage, type: '' }],
    ['scheme', { ...wirePackage, scheme: '' }],
    ['source', { ...wirePackage, source: undefined }],
    ['source.name', { ...wirePackage, source: { name: '', version: '1' } }],
  ])('package: %s', (at, message) => {
    expect(packageFromWire(message)).toMatchObject({ ok: false, error: { kind: 'malformed-message', at } });
  });

  it.each([
    ['namespace', { ...wireAffected, namespace: '' }],
    ['package', { ...wireAffected, package: '' }],
    ['scheme', { ...wireAffected, scheme: '' }],
    ['range', { ...wireAffected, range: undefined }],
    ['package_kind', { ...wireAffected, packageKind: 'Source' }],
    ['status', { ...wireAffected, status: '' }],
    ['fix_state', { ...wireAffected, fixState: 'wontfix' }],
    ['normalized_severity', { ...wireAffected, normalizedSeverity: 'high' }],
  ])('affected: %s', (at, message) => {
    expect(affectedFromWire(message)).toMatchObject({ ok: false, error: { kind: 'malformed-message', at } });
  });

  it.each([
    ['key', { ...wireAdvisory, key: '' }],
    ['name', { ...wireAdvisory, name: '' }],
    ['issued', { ...wireAdvisory, issued: 'yesterday' }],
    ['issued', { ...wireAdvisory, issued: '2024-01-02' }],
    ['affected[1].status', { ...wireAdvisory, affected: [wireAffected, { ...wireAffected, status: 'maybe' }] }],
  ])('advisory: %s', (at, message) => {
    expect(advisoryFromWire(message)).toMatchObject({ ok: false, error: { kind: 'malformed-message', at } });
  });

  it.each([
    ['packages[0].package', { ...wireInventory, packages: [{ package: undefined, locations: [] }] }],
    [
      'packages[0].package.name',
      { ...wireInventory, packages: [{ package: { ...wirePackage, name: '' }, locations: [] }] },
    ],
    ['problems[0].kind', { ...wireInventory, problems: [{ scanner: 'a', path: 'b', kind: 'odd', reason: '' }] }],
  ])('inventory: %s', (at, message) => {
    expect(inventoryFromWire(message)).toMatchObject({ ok: false, error: { kind: 'malformed-message', at } });
  });

  const layer = { hash: `sha256:${'0'.repeat(64)}`, uri: 'https://registry.example/blob', headers: [] };
  it.each([
    ['hash', { ...layer, hash: 'sha256:00' }],
    ['hash', { ...layer, hash: `md5:${'0'.repeat(32)}` }],
    ['uri', { ...layer, uri: '' }],
    ['uri', { ...layer, uri: 'file:///etc/passwd' }],
    ['uri', { ...layer, uri: 'https://user:secret@registry.example/blob' }],
    ['uri', { ...layer, uri: `https://registry.example/${'x'.repeat(20_000)}` }],
    ['headers', { ...layer, headers: Array.from({ length: 101 }, () => ({ name: 'a', values: ['b'] })) }],
    ['headers[0].name', { ...layer, headers: [{ name: 'a b', values: [] }] }],
    [
      'headers[1].values',
      {
        ...layer,
        headers: [
          { name: 'a', values: ['b'] },
          { name: 'c', values: ['d\r\ne: f'] },
        ],
      },
    ],
  ])('layer: %s', (at, message) => {
    expect(layerFromWire(message)).toMatchObject({ ok: false, error: { kind: 'malformed-message', at } });
  });

  it('joins a header that comes twice, whatever its letter case', () => {
    const headers = [
      { name: 'Accept', values: ['a'] },
      { name: 'accept', values: ['b', 'c'] },
    ];
    expect(layerFromWire({ ...layer, headers })).toMatchObject({
      ok: true,
      value: { headers: { accept: ['a', 'b', 'c'] } },
    });
  });
});

describe('readDescriptorSet', () => {
  it.each(['common', 'indexer', 'matcher', 'updater', 'notifier'])('holds clair.%s.v1', (service) => {
    expect(Buffer.from(readDescriptorSet()).includes(`clair/${service}/v1/${service}.proto`)).toBe(true);
  });
});
