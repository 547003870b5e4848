import { describe, expect, it } from 'vitest';
import { MalformedDocument } from '../feed.ts';
import { type OsvMapping, osvAdvisory } from './osv-advisory.ts';
import { readOsvDocument } from './osv-document.ts';

const mapping: OsvMapping = {
  targetOf: (ecosystem) => {
    if (ecosystem === 'Here:1') return { namespace: 'here:1', scheme: 'rpm', packageKind: 'binary' };
    return ecosystem.startsWith('Here') ? 'unknown' : 'elsewhere';
  },
  isBulletin: false,
  rate: () => ({ severity: '', normalizedSeverity: 'Unknown' }),
};

const range = { type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '2' }] };
const pkg = { ecosystem: 'Here:1', name: 'a' };

function read(record: object, by: OsvMapping = mapping) {
  const results = osvAdvisory({ id: 'X-1', modified: '2024-01-01T00:00:00Z', ...record }, by);
  return {
    advisory: results.flatMap((result) => (result.ok ? [result.value] : []))[0],
    rejections: results.flatMap((result) => (result.ok ? [] : [result.error])),
  };
}

it('has a row for each interval of each package, each once', () => {
  const { advisory, rejections } = read({
    affected: [
      { package: pkg, ranges: [range, { type: 'GIT', events: [{ introduced: '0' }] }], versions: ['1', '3'] },
      { package: pkg, ranges: [range] },
      { package: { ecosystem: 'Elsewhere', name: 'a' }, ranges: [range] },
      { ranges: [{ type: 'GIT', events: [{ introduced: '0' }] }] },
    ],
  });
  expect(rejections).toEqual([]);
  expect(advisory?.affected.map((row) => [row.package, row.range, row.status, row.fixState])).toEqual([
    ['a', { fixed: '2' }, 'affected', 'fixed'],
    ['a', { introduced: '3', lastAffected: '3' }, 'affected', 'unknown'],
  ]);
});

it('keeps what the record says of itself', () => {
  const { advisory } = read({
    summary: 'short',
    details: 'long',
    published: '2024-01-01T00:00:00Z',
    aliases: ['CVE-2024-1111', 'CVE-2024-1111', 'GHSA-1'],
    upstream: ['CVE-2024-2222'],
    related: ['CVE-2024-3333'],
    references: [{ url: ' https://a.test/ ' }, { url: 'https://a.test/' }, { url: 'javascript:0' }, { type: 'WEB' }, 1],
    affected: [{ package: pkg, ranges: [range] }],
  });
  expect(advisory).toMatchObject({
    key: 'X-1',
    name: 'X-1',
    description: 'long',
    issued: '2024-01-01T00:00:00Z',
    links: ['https://a.test/'],
    aliases: ['CVE-2024-1111', 'GHSA-1'],
    upstream: ['CVE-2024-2222'],
  });
  expect(advisory?.affected[0]?.bulletin).toBe('');
});

it('takes the CVEs of a bulletin from upstream and related', () => {
  const { advisory } = read(
    {
      aliases: ['CVE-2024-2222', 'OTHER-1'],
      upstream: ['CVE-2024-2222'],
      related: ['CVE-2024-3333', 'BUG-1'],
      affected: [{ package: pkg, ranges: [range] }],
    },
    { ...mapping, isBulletin: true },
  );
  expect(advisory).toMatchObject({ upstream: ['CVE-2024-2222', 'CVE-2024-3333'], aliases: ['OTHER-1'] });
  expect(advisory?.affected[0]?.bulletin).toBe('X-1');
});

it('asks for the CVEs of a bulletin when its lists name none, and only then', () => {
  const by: OsvMapping = { ...mapping, isBulletin: true, flawsOf: (record) => [record.details] };
  const affected = [{ package: pkg, ranges: [range] }];
  const upstreamOf = (record: object) => read({ details: 'CVE-2024-1', affected, ...record }, by).advisory?.upstream;
  expect(upstreamOf({})).toEqual(['CVE-2024-1']);
  expect(upstreamOf({ related: ['BUG-1'] })).toEqual(['CVE-2024-1']);
  expect(upstreamOf({ related: ['CVE-2024-2222'] })).toEqual(['CVE-2024-2222']);
});

describe('hands the scores and words of the record to whoever rates it', () => {
  it.each([
    [{ severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N' }] }, {}, 'CVSS:3.1/AV:N'],
    [{}, { severity: [{ type: 'Ubuntu', score: 'low' }] }, 'low'],
    [{ database_specific: { severity: 'MODERATE' } }, {}, 'MODERATE'],
    [{}, { ecosystem_specific: { severity: 'high' } }, 'high'],
    [{}, { database_specific: { severity: 'high' } }, 'high'],
  ])('%j %j', (record, entry, expected) => {
    const rate: OsvMapping['rate'] = (whole, one) => {
      const said = [
        ...whole.severities.map((each) => each.score),
        ...one.severities.map((each) => each.score),
        whole.databaseSpecific.severity,
        one.ecosystemSpecific.severity,
        one.databaseSpecific.severity,
      ];
      return { severity: said.filter((word) => word !== undefined).join(), normalizedSeverity: 'Unknown' };
    };
    const { advisory } = read(
      { ...record, affected: [{ package: pkg, ranges: [range], ...entry }] },
      { ...mapping, rate },
    );
    expect(advisory?.affected[0]?.severity).toBe(expected);
  });
});

describe('a package whose versions cannot be told is undetermined, not safe', () => {
  it.each([
    [{ ranges: [{ type: 'GIT', events: [{ introduced: '0' }] }] }, 0, [{}]],
    [{}, 1, [{}]],
    [{ ranges: [{ type: 'ECOSYSTEM', events: [{ fixed: '2' }] }] }, 1, [{}]],
    [{ ranges: [{ type: 'ELSE', events: [] }] }, 1, [{}]],
    [{ ranges: [range, { type: 'SEMVER', events: [] }] }, 1, [{}, { fixed: '2' }]],
  ])('%j', (entry, rejected, ranges) => {
    const { advisory, rejections } = read({ affected: [{ package: pkg, ...entry }] });
    expect(rejections).toHaveLength(rejected);
    expect(advisory?.affected.map((row) => row.range)).toEqual(ranges);
    expect(advisory?.affected[0]).toMatchObject({ status: 'undetermined', fixState: 'unknown' });
  });
});

it('says nothing of a record that was withdrawn or is about no flaw', () => {
  const affected = [{ package: pkg, ranges: [range] }];
  expect(osvAdvisory({ id: 'X-1', withdrawn: '2024-01-01T00:00:00Z', affected }, mapping)).toEqual([]);
  expect(osvAdvisory({ id: 'X-1', affected }, { ...mapping, useOf: () => 'about-no-flaw' })).toEqual([]);
});

describe('rejects', () => {
  it.each([
    [{ id: 7 }, '/'],
    [{ id: '' }, '/'],
    [{ summary: 1 }, '/'],
    [{ details: 'a\u0000' }, '/'],
    [{ aliases: 'CVE-2024-1' }, '/'],
    [{ related: [1] }, '/'],
    [{ affected: {} }, '/'],
    [{ affected: [] }, 'X-1'],
    [{ affected: [{ package: { ecosystem: 'Elsewhere', name: 'a' }, ranges: [range] }] }, 'X-1'],
    [{ affected: [{ package: { ecosystem: 'Here', name: 'a' }, ranges: [range] }] }, 'X-1/affected/0'],
    [{ affected: [{ package: { ecosystem: 'Here:1' }, ranges: [range] }] }, 'X-1/affected/0'],
    [{ affected: [{ package: 'a', ranges: [range] }] }, 'X-1/affected/0'],
    [{ affected: [{ package: pkg, ranges: {} }] }, 'X-1/affected/0'],
    [{ affected: [{ package: pkg, versions: [''] }] }, 'X-1/affected/0'],
    [{ affected: [7] }, 'X-1/affected/0'],
  ])('%j', (record, at) => {
    const { advisory, rejections } = read(record);
    expect(advisory).toBeUndefined();
    expect(rejections.map((rejection) => rejection.at)).toEqual([at]);
  });

  it('what the feed does not use, with its reason', () => {
    const { rejections } = read({}, { ...mapping, useOf: () => ({ rejected: 'because' }) });
    expect(rejections).toEqual([{ at: 'X-1', reason: 'because' }]);
  });

  it('a bad entry without the good ones', () => {
    const { advisory, rejections } = read({ affected: [7, { package: pkg, ranges: [range] }] });
    expect(advisory?.affected).toHaveLength(1);
    expect(rejections).toHaveLength(1);
  });
});

describe('a document that is no record', () => {
  it.each(['', '[]', 'null', '<html>', '{"id":"X-1"}', '{"modified":"2024-01-01T00:00:00Z"}', '{"id":"X-1","mod'])(
    '%j throws',
    async (text) => {
      const document = (async function* () {
        yield Buffer.from(text);
      })();
      await expect(readOsvDocument(document)).rejects.toThrow(MalformedDocument);
    },
  );
});
