import { archiveTexts, sharedData } from '@clair/testing';
import { describe, expect, it } from 'vitest';
import { METRIC_GROUPS } from './metrics.ts';
import { cvssScore } from './score.ts';
import { type CvssVersion, cvssText, parseCvss } from './vector.ts';

function scored(text: string): number | string {
  const vector = parseCvss(text);
  return vector.ok ? cvssScore(vector.value).score : vector.error.reason;
}

// From FIRST's documents of examples: https://www.first.org/cvss/v2/guide, /v3-1/examples, /v4-0/examples.
describe('published examples', () => {
  it.each([
    ['AV:N/AC:L/Au:N/C:N/I:N/A:C', 7.8],
    ['AV:N/AC:L/Au:N/C:N/I:N/A:C/E:F/RL:OF/RC:C', 6.4],
    ['AV:N/AC:L/Au:N/C:C/I:C/A:C', 10],
    ['(AV:L/AC:H/Au:N/C:C/I:C/A:C)', 6.2],
    ['CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N', 6.4],
    ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N', 7.5],
    ['CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:C/C:N/I:H/A:N', 6.8],
    ['CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', 9.8],
    ['CVSS:3.1/AV:L/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:H', 7.8],
    ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N', 0],
    ['CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', 7.3],
    ['CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', 7.7],
    ['CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:U', 5.2],
    ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H', 10],
    ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N', 0],
  ])('%s: %d', (text, score) => expect(scored(text)).toBe(score));
});

it.each([
  ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', 'Critical', ['base']],
  ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:U/RL:O/RC:X', 'High', ['base', 'threat']],
  ['CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:N/I:N/A:N/MC:H', 'Low', ['base', 'environmental']],
  ['CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:N/I:N/A:N', 'None', ['base']],
  ['AV:N/AC:L/Au:N/C:C/I:C/A:C', 'High', ['base']],
  ['AV:L/AC:H/Au:N/C:P/I:N/A:N', 'Low', ['base']],
])('%s is %s, of %j', (text, rating, groups) => {
  const vector = parseCvss(text);
  expect(vector.ok && cvssScore(vector.value)).toMatchObject({ rating, groups });
});

it.each([
  ['', 'CVSS 2.0 has no metric ""'],
  ['CVSS:3.1', 'CVSS 2.0 has no metric "CVSS:3.1"'],
  ['CVSS:3.1/', 'CVSS 3.1 has no metric ""'],
  ['CVSS:5.0/AV:N', 'CVSS 2.0 has no metric "CVSS:5.0"'],
  ['CVSS:3.1/AV:N/AC:L', 'PR is missing'],
  ['CVSS:3.1/AV:N/AV:N', 'AV is there twice'],
  ['CVSS:3.1/AV:Q', 'AV has no value "Q"'],
  ['AV:N/AC:L/Au:N/C:C/I:C/A:C/E:F', 'RL is missing'],
  ['AC:L/AV:N/Au:N/C:C/I:C/A:C', 'AV is out of order'],
  ['CVSS:4.0/AC:L/AV:N/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H', 'AV is out of order'],
  ['x'.repeat(501), 'it is longer than 500 characters'],
])('%s is refused: %s', (text, reason) => expect(scored(text)).toBe(reason));

it('writes version 3 in the order of the specification', () => {
  const vector = parseCvss('CVSS:3.1/A:H/I:H/C:H/S:U/UI:N/PR:N/AC:L/AV:N');
  expect(vector.ok && cvssText(vector.value)).toBe('CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H');
});

/** All vectors of the first group, thinned out. */
function* baseVectors(version: CvssVersion): Generator<string> {
  const [base] = METRIC_GROUPS[version];
  const metrics = base?.metrics ?? [];
  const total = metrics.reduce((product, { values }) => product * values.length, 1);
  const step = total > 20_000 ? 7 : 1;
  for (let at = 0; at < total; at += step) {
    let rest = at;
    const parts = metrics.map(({ name, values }) => {
      const value = values[rest % values.length];
      rest = Math.floor(rest / values.length);
      return `${name}:${value}`;
    });
    yield (version === '2.0' ? parts : [`CVSS:${version}`, ...parts]).join('/');
  }
}

it.each<CvssVersion>(['2.0', '3.0', '3.1', '4.0'])(
  'every base vector of %s has a score in tenths and is written as it was',
  (version) => {
    const wrong: string[] = [];
    for (const text of baseVectors(version)) {
      const vector = parseCvss(text);
      const { score } = vector.ok ? cvssScore(vector.value) : { score: -1 };
      const isTenth = Math.abs(score * 10 - Math.round(score * 10)) < 1e-9;
      if (!vector.ok || cvssText(vector.value) !== text || !(score >= 0 && score <= 10) || !isTenth)
        wrong.push(`${text} ${score}`);
    }
    expect(wrong).toEqual([]);
  },
);

/** A lower value of one metric never makes the score higher. */
it('version 4 gets less severe with every step of confidentiality', () => {
  for (const text of baseVectors('4.0')) {
    if (!text.includes('/VC:H')) continue;
    const [high, low, none] = ['H', 'L', 'N'].map((value) => Number(scored(text.replace('/VC:H', `/VC:${value}`))));
    if (!((high ?? 0) >= (low ?? 0) && (low ?? 0) >= (none ?? 0))) throw new Error(`${text}: ${high} ${low} ${none}`);
  }
});

const archive = sharedData('cases/versions.tar.zst');
const tables = archiveTexts(archive, (path) => path.includes('claircore__cvss-'));
const rows = (name: string): readonly string[] => {
  const text = [...tables].find(([path]) => path.endsWith(`claircore__cvss-${name}.list`))?.[1] ?? '';
  return text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
};
const bare = (row: string): string => row.replace(/\s*#.*$/, '').trim();

describe.skipIf(archive === undefined)(
  `truth tables${archive === undefined ? ' (skipped: no shared data)' : ''}`,
  () => {
    it.each([
      ['v2_score', 9],
      ['v30_score', 18],
      ['v31_score', 14],
      ['v4_score', 13],
    ])('%s: all of %d scores', (name, count) => {
      const all = rows(name).map((row) => bare(row).split(/\s+/));
      expect(all).toHaveLength(count);
      expect(all.map(([text = '']) => `${text} ${scored(text)}`)).toEqual(
        all.map(([text, score]) => `${text} ${Number(score)}`),
      );
    });

    it.each([
      ['v2_roundtrip', 3],
      ['v3_roundtrip', 9],
      ['v4_roundtrip', 25],
    ])('%s: all of %d vectors', (name, count) => {
      const all = rows(name).map(bare);
      expect(all).toHaveLength(count);
      const written = all.map((text) => {
        const vector = parseCvss(text);
        return vector.ok ? cvssText(vector.value) : vector.error.reason;
      });
      expect(written).toEqual(all);
    });

    it.each([
      ['v2_error', 5],
      ['v3_error', 14],
      ['v4_error', 9],
    ])('%s: all of %d vectors', (name, count) => {
      const all = rows(name);
      expect(all).toHaveLength(count);
      const isOfTable = (row: string): boolean => {
        const vector = parseCvss(bare(row));
        return vector.ok && vector.value.version.startsWith(name.charAt(1));
      };
      expect(all.filter((row) => isOfTable(row) !== row.includes('#OK'))).toEqual([]);
    });
  },
);
