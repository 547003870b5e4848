import { createReadStream, readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { createZstdDecompress } from 'node:zlib';
import type { Advisory, Rejection } from '@clair/model';
import { sharedData } from '@clair/testing';
import { describe, expect, it } from 'vitest';
import { MalformedDocument, type Partition } from '../../feed.ts';
import { debian } from './index.ts';
import { CLAIMED_NAMESPACES, namespaceOfCodename, TRACKED_NAMESPACES } from './releases.ts';

const partition: Partition = {
  name: 'all',
  namespaces: TRACKED_NAMESPACES,
  request: { url: 'https://tracker.test/json', bytesMax: 1 },
};
const fixture = readFileSync(new URL('fixtures/tracker.json', import.meta.url));

async function read(document: AsyncIterable<Uint8Array>): Promise<{ advisories: Advisory[]; rejections: Rejection[] }> {
  const advisories: Advisory[] = [];
  const rejections: Rejection[] = [];
  for await (const result of debian.parse(partition, document)) {
    if (result.ok) advisories.push(result.value);
    else rejections.push(result.error);
  }
  return { advisories, rejections };
}

async function* documentOf(bytes: Uint8Array, pieceBytes: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

describe('a document', () => {
  it.each([1, 100, 1_000_000])('reads as the golden file says, in pieces of %i bytes', async (pieceBytes) => {
    const result = await read(documentOf(fixture, pieceBytes));
    await expect(`${JSON.stringify(result, null, 2)}\n`).toMatchFileSnapshot('fixtures/tracker.golden.json');
  });

  it('that is cut short throws, after what it held', async () => {
    await expect(read(documentOf(fixture.subarray(0, -3), 100))).rejects.toThrow(MalformedDocument);
  });

  it('with another document behind it throws', async () => {
    await expect(read(documentOf(Buffer.concat([fixture, fixture]), 100))).rejects.toThrow(MalformedDocument);
  });
});

it('takes the first of two records of one key, and rejects the second', async () => {
  const record = '{"releases":{"sid":{"status":"open"}}}';
  const document = `{"a":{"CVE-2024-1":${record},"CVE-2024-1":${record}},"b":{"CVE-2024-1":${record}},"a":{"CVE-2024-2":${record}}}`;
  const { advisories, rejections } = await read(documentOf(Buffer.from(document), 1_000));
  expect(advisories.map((advisory) => advisory.key)).toEqual(['CVE-2024-1/a', 'CVE-2024-1/b']);
  const reason = 'the record is there a second time';
  expect(rejections).toEqual([
    { at: '/a/CVE-2024-1', reason },
    { at: '/a/CVE-2024-2', reason },
  ]);
});

it('tells a hundred unknown codenames apart, and counts every record of the rest', async () => {
  const releases = Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`codename${i}`, { status: 'open' }]));
  const record = { releases: { ...releases, sid: { status: 'open' } } };
  const document = JSON.stringify({ a: { 'CVE-2024-1': record, 'CVE-2024-2': record } });
  const { advisories, rejections } = await read(documentOf(Buffer.from(document), 1_000));
  expect(advisories).toHaveLength(2);
  expect(rejections).toHaveLength(101);
  expect(rejections[0]?.reason).toBe('nobody here knows the release codename0: 2 records say something of it');
  expect(rejections[100]?.reason).toBe('nobody here knows the release (others): 100 records say something of it');
});

/** The one row that a release entry becomes, with what was said against it. */
async function row(entry: unknown) {
  const document = JSON.stringify({ hello: { 'CVE-2024-1': { releases: { bookworm: entry } } } });
  const { advisories, rejections } = await read(documentOf(Buffer.from(document), 1_000));
  const { status, fixState, range, severity, normalizedSeverity } = advisories[0]?.affected[0] ?? {};
  return {
    status,
    fixState,
    range,
    severity,
    normalizedSeverity,
    rejections: rejections.map((rejection) => rejection.reason),
  };
}

describe('severity is Debian’s own word, not more than it', () => {
  it.each([
    ['unimportant', 'Negligible'],
    ['low', 'Low'],
    ['low**', 'Low'],
    ['medium', 'Medium'],
    ['medium*', 'Medium'],
    ['high', 'High'],
    ['high**', 'High'],
    ['not yet assigned', 'Unknown'],
    ['end-of-life', 'Unknown'],
    ['', 'Unknown'],
    ['HIGH', 'Unknown'],
  ])('%j is %s', async (urgency, normalizedSeverity) => {
    expect(await row({ status: 'open', urgency })).toMatchObject({
      severity: urgency,
      normalizedSeverity,
      rejections: [],
    });
  });
});

describe('why there is no fix', () => {
  it.each([
    [{}, 'not-fixed'],
    [{ nodsa: 'Minor issue' }, 'not-fixed'],
    [{ nodsa: 'Minor issue', nodsa_reason: '' }, 'not-fixed'],
    [{ nodsa: 'Minor issue', nodsa_reason: 'postponed' }, 'deferred'],
    [{ nodsa: 'Too intrusive', nodsa_reason: 'ignored' }, 'will-not-fix'],
    [{ urgency: 'end-of-life' }, 'out-of-support'],
    [{ urgency: 'end-of-life', nodsa: 'No longer supported', nodsa_reason: 'ignored' }, 'out-of-support'],
  ])('%j: %s', async (entry, fixState) => {
    expect(await row({ status: 'open', ...entry })).toMatchObject({
      status: 'affected',
      fixState,
      range: {},
      rejections: [],
    });
  });

  it('a fix is a fix, whatever was said before it', async () => {
    const entry = { status: 'resolved', fixed_version: '1-2', nodsa: 'Minor issue', nodsa_reason: 'postponed' };
    expect(await row(entry)).toMatchObject({ status: 'affected', fixState: 'fixed', range: { fixed: '1-2' } });
  });
});

it('a release that does not say whether it is affected is undetermined, and said to be so', async () => {
  for (const entry of [
    null,
    'open',
    {},
    { status: 'fixed' },
    { status: 'resolved' },
    { status: 'resolved', fixed_version: 0 },
    { status: 'open', urgency: 1 },
  ]) {
    expect(await row(entry)).toMatchObject({
      status: 'undetermined',
      range: {},
      rejections: [expect.stringMatching(/./)],
    });
  }
});

describe('releases', () => {
  it.each([
    ['sarge', 'debian:3.1'],
    ['wheezy', 'debian:7'],
    ['bookworm', 'debian:12'],
    ['duke', 'debian:15'],
    ['sid', 'debian:sid'],
    ['tomorrow', undefined],
    ['toString', undefined],
  ])('%s is %s', (codename, namespace) => expect(namespaceOfCodename(codename)).toBe(namespace));

  it('that the tracker no longer publishes are claimed, and need not be in a document', () => {
    expect(TRACKED_NAMESPACES).toEqual(['debian:12', 'debian:13', 'debian:14', 'debian:sid']);
    const dropped = ['debian:7', 'debian:8', 'debian:9', 'debian:10', 'debian:11'];
    expect(CLAIMED_NAMESPACES).toEqual([...dropped, ...TRACKED_NAMESPACES.slice(0, 3), 'debian:15', 'debian:sid']);
  });
});

it('asks where the operator says', () => {
  const plan = debian.plan({
    json_url: 'http://127.0.0.1:8000/tracker/data/json',
    mirror_url: 'http://127.0.0.1:8000/',
  });
  expect(
    plan.ok && plan.value.kind === 'partitions' && plan.value.partitions.map(({ request }) => request.url),
  ).toEqual(['http://127.0.0.1:8000/tracker/data/json']);
});

const tracker = sharedData('feeds/debian-tracker-derived/json.zst');

// The numbers were counted in the same document by a script in another language.
it.skipIf(tracker === undefined)(
  `a tracker of 24,172 records${tracker === undefined ? ' (skipped: no shared data)' : ''}`,
  async () => {
    const { advisories, rejections } = await read(
      Readable.from(createReadStream(tracker ?? '').pipe(createZstdDecompress())),
    );
    const rows = advisories.flatMap((advisory) => advisory.affected);
    const count = (test: (row: (typeof rows)[number]) => boolean) => rows.filter(test).length;
    const reason = (codename: string) =>
      `no record says anything of ${codename}, which this feed speaks for: does the tracker still publish it?`;
    expect(rejections).toEqual(
      ['forky', 'sid'].map((codename) => ({ at: `/*/*/releases/${codename}`, reason: reason(codename) })),
    );
    expect(advisories).toHaveLength(24_172);
    expect(new Set(advisories.map((advisory) => advisory.key)).size).toBe(24_172);
    expect(new Set(rows.map((row) => row.package)).size).toBe(2_066);
    expect(rows).toHaveLength(34_130);
    expect(count((row) => row.status === 'not-affected')).toBe(84);
    expect(count((row) => row.fixState === 'fixed')).toBe(34_022 - 84);
    expect(count((row) => row.status === 'affected' && row.range.fixed === undefined)).toBe(108);
    expect(count((row) => row.fixState === 'deferred')).toBe(4);
    expect(
      ['debian:3.0', 'debian:8', 'debian:11', 'debian:12', 'debian:13'].map((name) =>
        count((row) => row.namespace === name),
      ),
    ).toEqual([1_590, 6_366, 1_992, 39, 80]);
  },
);
