import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { zstdDecompressSync } from 'node:zlib';
import type { Advisory, Rejection } from '@clair/model';
import { sharedData } from '@clair/testing';
import { describe, expect, it } from 'vitest';
import { MalformedDocument, type Partition } from '../../feed.ts';
import { rhelVex } from './index.ts';

const fixture = readFileSync(new URL('fixtures/cve-2024-11111.json', import.meta.url));

function planned(options = {}): { readonly url: string; readonly partition: Partition } {
  const plan = rhelVex.plan(options);
  if (!plan.ok || plan.value.kind !== 'index') throw new Error('no index is planned');
  const { request, read } = plan.value.index;
  const next = read(Buffer.from(''), 'csaf_vex_2025-02-15.tar.zst\n');
  const [partition] = next.ok && next.value.kind === 'partitions' ? next.value.partitions : [];
  if (partition === undefined) throw new Error('no partition is planned');
  return { url: request.url, partition };
}

async function* documentOf(bytes: Uint8Array, pieceBytes = 1_000_000): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

async function read(
  document: AsyncIterable<Uint8Array>,
): Promise<{ advisories: readonly Advisory[]; rejections: readonly Rejection[] }> {
  const advisories: Advisory[] = [];
  const rejections: Rejection[] = [];
  for await (const result of rhelVex.parse(planned().partition, document)) {
    if (result.ok) advisories.push(result.value);
    else rejections.push(result.error);
  }
  return { advisories, rejections };
}

describe('a document', () => {
  it.each([7, 1_000_000])('reads as the golden file says, in pieces of %i bytes', async (pieceBytes) => {
    const result = await read(documentOf(fixture, pieceBytes));
    await expect(`${JSON.stringify(result, null, 2)}\n`).toMatchFileSnapshot('fixtures/cve-2024-11111.golden.json');
  });

  it('that is cut short throws', async () => {
    await expect(read(documentOf(fixture.subarray(0, -3)))).rejects.toThrow(MalformedDocument);
  });

  it('that was withdrawn says nothing', async () => {
    const text = '{"document":{"tracking":{"id":"CVE-2023-30","status":"deleted"}}}';
    expect(await read(documentOf(Buffer.from(text)))).toEqual({ advisories: [], rejections: [] });
  });

  it('of another category throws, and one without a CVE is a rejection', async () => {
    const head = (category: string, rest: string) =>
      documentOf(Buffer.from(`{"document":{"category":"${category}"},${rest}}`));
    await expect(read(head('csaf_security_advisory', '"vulnerabilities":[]'))).rejects.toThrow(MalformedDocument);
    expect((await read(head('csaf_vex', '"vulnerabilities":[]'))).rejections).toHaveLength(1);
    expect((await read(head('csaf_vex', '"vulnerabilities":[{"cve":"CVE-x"}]'))).rejections).toEqual([
      { at: '/vulnerabilities/0/cve', reason: 'not a CVE: "CVE-x"' },
    ]);
  });
});

/** The rows of a document with one product and one component. */
async function rows(component: { id: string; purl?: string; cpe?: string; status?: string; module?: string }) {
  const { id, purl, cpe = 'cpe:/o:redhat:enterprise_linux:8', status = 'known_affected', module } = component;
  const helper = purl === undefined ? {} : { product_identification_helper: { purl } };
  const relation = (name: string, reference: string, of: string) => ({
    full_product_name: { product_id: name },
    product_reference: reference,
    relates_to_product_reference: of,
  });
  const inner = { product_id: 'm', product_identification_helper: { purl: module } };
  const document = {
    document: { category: 'csaf_vex', aggregate_severity: { text: 'Important' } },
    product_tree: {
      full_product_names: [
        { product_id: 'p', product_identification_helper: { cpe } },
        { product_id: id, ...helper },
        ...(module === undefined ? [] : [inner]),
      ],
      relationships:
        module === undefined ? [relation('x', id, 'p')] : [relation('pm', 'm', 'p'), relation('x', id, 'pm')],
    },
    vulnerabilities: [{ cve: 'CVE-2024-1', product_status: { [status]: ['x'] } }],
  };
  const { advisories, rejections } = await read(documentOf(Buffer.from(JSON.stringify(document))));
  const affected = advisories[0]?.affected ?? [];
  const shown = affected.map((row) => [
    row.package,
    row.packageKind,
    JSON.stringify(row.range),
    row.arches.join(),
    row.module,
  ]);
  return { shown: shown.map((row) => row.join(' ')), reasons: rejections.map(({ reason }) => reason) };
}

describe('a vulnerability', () => {
  it.each([
    [undefined, 'it is not there'],
    ['x', 'it is not there'],
    [{ known_affected: 'x' }, 'not a list'],
  ])('whose product_status is %j is a rejection', async (status, reason) => {
    const vulnerability = { cve: 'CVE-2024-1', product_status: status };
    const document = { document: { category: 'csaf_vex' }, vulnerabilities: [vulnerability] };
    const { advisories, rejections } = await read(documentOf(Buffer.from(JSON.stringify(document))));
    expect([advisories, rejections.map((one) => one.reason)]).toEqual([[], [reason]]);
  });
});

describe('components', () => {
  it.each([
    { id: 'a', purl: 'pkg:rpm/redhat/a?arch=src', shown: ['a source {}  '] },
    { id: 'a', purl: 'pkg:rpm/redhat/a', shown: ['a binary {}  '] },
    { id: 'a', purl: 'pkg:rpm/redhat/libstdc%2B%2B', shown: ['libstdc++ binary {}  '] },
    { id: 'm:1/a', purl: 'pkg:rpm/redhat/a?arch=src', shown: ['a source {}  m:1'] },
    { id: 'a', purl: 'pkg:rpm/redhat/a?rpmmod=m:1:80900:b46abd14', shown: ['a binary {}  m:1'] },
    { id: 'a', purl: 'pkg:rpm/redhat/a', module: 'pkg:rpmmod/redhat/m@1:80900:b46', shown: ['a binary {}  m:1'] },
    { id: 'm:1/a', shown: ['a source {}  m:1'] },
    { id: 'a', shown: ['a source {}  '] },
    { id: 'openshift4/ose-cli', shown: [] },
    { id: 'a', purl: 'pkg:oci/a@sha256%3A1', shown: [] },
    { id: 'a', purl: 'pkg:maven/g/a@1', shown: [] },
    {
      id: 'a',
      purl: 'pkg:rpm/redhat/@1-1',
      shown: [],
      reasons: ['the package URL does not read: pkg:rpm/redhat/@1-1'],
    },
    // Of whichever module it is, nobody may call it not affected.
    {
      id: 'a',
      purl: 'pkg:rpm/redhat/a?rpmmod=m',
      shown: ['a binary {}  ', 'a binary {}  *'],
      reasons: ['not a module: m'],
    },
    { id: 'a', purl: 'pkg:rpm/redhat/a', cpe: '', shown: [], reasons: ['the product has no CPE'] },
    {
      id: 'ruby-0:2.5.9-111.module+el8.9.0+1+b46abd14.x86_64::ruby:2.5',
      status: 'fixed',
      shown: ['ruby binary {"fixed":"0:2.5.9-111.module+el8.9.0+1+b46abd14"} x86_64 ruby:2.5'],
    },
    // An erratum that names the source alone.
    { id: 'a-1-1.el8.src', status: 'fixed', shown: ['a source {"fixed":"1-1.el8"}  '] },
    {
      id: 'a',
      purl: 'pkg:rpm/redhat/a',
      status: 'fixed',
      shown: ['a binary {}  '],
      reasons: ['the product is fixed, but names no version'],
    },
    { id: 'a', purl: 'pkg:rpm/redhat/a', status: 'first_fixed', shown: [] },
    {
      id: 'a',
      purl: 'pkg:rpm/redhat/a',
      status: 'last_affected',
      shown: ['a binary {}  '],
      reasons: ['this status is not read'],
    },
  ])('$id $purl $status', async ({ shown, reasons = [], ...component }) => {
    expect(await rows(component)).toEqual({ shown, reasons });
  });
});

describe('what changed', () => {
  const changes =
    '"2023/cve-2023-0030.json","2023-12-10T00:00:00+00:00"\r\n"2023/cve-2023-0044.json","2023-12-12T02:00:00+02:00"\n\n';
  const deletions =
    '"2023/cve-2023-0044.json","2023-12-12T00:00:00+00:00"\n"2021/cve-2021-1.json","2023-01-01T00:00:00Z"\n'.replace(
      '2021-1.json',
      '2021-1001.json',
    );
  const log = planned({ url: 'https://mirror.test/vex' }).partition.changes;

  it('is each CVE once, at its newest, from a time on', () => {
    const at = '2023-12-12T00:00:00.000Z';
    const url = 'https://mirror.test/vex/2023/cve-2023-0030.json';
    const changed = { key: 'CVE-2023-0030', at: '2023-12-10T00:00:00.000Z' };
    expect(log?.read([changes, deletions], '2023-12-10T00:00:00Z')).toEqual({
      ok: true,
      value: [
        { ...changed, request: { url, bytesMax: 64_000_000 } },
        { key: 'CVE-2023-0044', at },
      ],
    });
    expect(log?.read([changes, ''], '2023-12-11T00:00:00Z')).toMatchObject({
      ok: true,
      value: [{ key: 'CVE-2023-0044', at, request: { url: 'https://mirror.test/vex/2023/cve-2023-0044.json' } }],
    });
    expect(log?.read([changes, deletions], '2024-01-01T00:00:00Z')).toEqual({ ok: true, value: [] });
  });

  it.each([
    '<html>',
    '"../../x.json","2023-12-12T00:00:00Z"',
    '"2023/cve-2023-0030.json","yesterday"',
    '"2023/cve-2023-0030.json"',
  ])('is not known when a line does not read: %s', (line) =>
    expect(log?.read([`${changes}${line}\n`, ''], '2023-01-01T00:00:00Z').ok).toBe(false),
  );
});

describe('the plan', () => {
  it('is the archive that the index names', () => {
    const { url, partition } = planned({ url: 'https://mirror.test/vex' });
    expect(url).toBe('https://mirror.test/vex/archive_latest.txt');
    expect(partition.request.url).toBe('https://mirror.test/vex/csaf_vex_2025-02-15.tar.zst');
    expect(partition.archive?.wants('2024/cve-2024-1.json')).toBe(true);
    expect(partition.archive?.wants('2024/cve-2024-1.json.asc')).toBe(false);
    expect(partition.changes?.requests.map((request) => request.url)).toEqual([
      'https://mirror.test/vex/changes.csv',
      'https://mirror.test/vex/deletions.csv',
    ]);
  });

  it.each(['', '<html>', '../x.tar.zst', 'a.zip', 'a.tar.zst\nb.tar.zst'])('has none for %j', (text) => {
    const plan = rhelVex.plan({});
    expect(plan.ok && plan.value.kind === 'index' && plan.value.index.read(Buffer.from(text), text).ok).toBe(false);
  });
});

/** The member of an archive of real documents. */
function real(archive: string, member: string): Uint8Array | undefined {
  const path = sharedData(`feeds/${archive}`);
  if (path === undefined) return undefined;
  return execFileSync('tar', ['-xO', '-f', '-', member], {
    input: zstdDecompressSync(readFileSync(path)),
    maxBuffer: 1 << 26,
  });
}

const ACCEPTANCE = 'test/acceptance/testdata';
const isThere = sharedData('feeds/redhat-samples/claircore-rhel-vex.tar.zst') !== undefined;

describe.skipIf(!isThere)(`documents of Red Hat's${isThere ? '' : ' (skipped: no shared data)'}`, () => {
  const redHat = async (member: string) => {
    const bytes = real('redhat-samples/claircore-rhel-vex.tar.zst', member);
    return read(documentOf(bytes ?? new Uint8Array()));
  };

  // Products that are about rpm packages, by status. The rows of openssl and of perl were read against their documents.
  it.each([
    [`${ACCEPTANCE}/cve-2024-0727-openssl.json`, { rows: 43, fixed: 13, unfixed: 19, not: 11 }],
    [`${ACCEPTANCE}/cve-2026-0968.json`, { rows: 15, fixed: 0, unfixed: 9, not: 6 }],
    [`${ACCEPTANCE}/cve-2025-40907-perl.json`, { rows: 65, fixed: 65, unfixed: 0, not: 0 }],
    ['rhel/vex/testdata/cve-2023-4154.json', { rows: 295, fixed: 0, unfixed: 0, not: 295 }],
  ])('%s', async (member, expected) => {
    const { advisories, rejections } = await redHat(member);
    const affected = advisories.flatMap((advisory) => advisory.affected);
    expect(rejections).toEqual([]);
    expect({
      rows: affected.length,
      fixed: affected.filter(({ range }) => range.fixed !== undefined).length,
      unfixed: affected.filter(({ status, range }) => status === 'affected' && range.fixed === undefined).length,
      not: affected.filter(({ status }) => status === 'not-affected').length,
    }).toEqual(expected);
  });

  it('a fix of the newest minor release is one of its extended streams', async () => {
    const { advisories } = await redHat('rhel/vex/testdata/cve-2023-38545.json');
    const fixes = (advisories[0]?.affected ?? []).filter(
      (row) => row.package === 'libcurl' && row.cpe.includes(':9.2') && row.range.fixed !== undefined,
    );
    expect([...new Set(fixes.map(({ cpe, range }) => `${cpe} ${range.fixed}`))].sort()).toEqual(
      ['aus', 'e4s', 'eus', 'tus'].map((stream) => `cpe:/o:redhat:rhel_${stream}:9.2 7.76.1-23.el9_2.4`),
    );
  });

  it('why there is no fix is kept apart', async () => {
    const { advisories } = await redHat(`${ACCEPTANCE}/cve-2024-0727-openssl.json`);
    const states = (advisories[0]?.affected ?? [])
      .filter(({ status, range }) => status === 'affected' && range.fixed === undefined)
      .map((row) => `${row.namespace} ${row.package} ${row.fixState}`);
    expect(states).toContain('rhel:7 openssl-libs out-of-support');
    expect(states).toContain('rhel:8 edk2-ovmf will-not-fix');
    expect(states).toContain('rhel:8 openssl-libs deferred');
  });

  it('one row stands for the builds of a module for several others', async () => {
    const { advisories } = await redHat(`${ACCEPTANCE}/cve-2025-40907-perl.json`);
    const builds = advisories[0]?.affected.filter(
      (row) => row.cpe === 'cpe:/a:redhat:enterprise_linux:8::appstream' && row.package === 'perl-FCGI',
    );
    expect(builds).toHaveLength(1);
    expect(builds?.[0]).toMatchObject({
      module: 'perl-FCGI:0.78',
      range: { fixed: '1:0.78-12.module+el8.10.0+23147+df114ff4' },
      bulletin: 'RHSA-2025:8696',
      arches: ['aarch64', 'ppc64le', 's390x', 'x86_64'],
    });
  });
});
