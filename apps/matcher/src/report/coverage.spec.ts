import type { Distribution, FileProblem } from '@clair/model';
import { describe, expect, it } from 'vitest';
import type { StoredFeed } from '../store/feeds.ts';
import { inventory } from '../testing/matcher-fixture.ts';
import { type CoverageInput, stateCoverage } from './coverage.ts';

const NOW_MS = Date.parse('2024-06-02T00:00:00Z');
const HOUR_MS = 3_600_000;

function feed(fields: Partial<StoredFeed> = {}): StoredFeed {
  return {
    feed: 'debian',
    fetchedAt: new Date(NOW_MS - 24 * HOUR_MS),
    changedAt: null,
    staleAfterHours: 24,
    operation: 1,
    historyFrom: 0,
    advisories: 1,
    affected: 1,
    rejected: 0,
    namespaces: ['debian:12'],
    ...fields,
  };
}

const coverage = (fields: Partial<CoverageInput> = {}) =>
  stateCoverage({
    packagesByNamespace: new Map([['debian:12', 3]]),
    distributions: inventory().distributions,
    problems: [],
    feeds: [feed()],
    nowMs: NOW_MS,
    subject: 'image',
    components: { unmatched: 0, all: 0 },
    ...fields,
  });

const problem = (kind: FileProblem['kind'], path = 'a'): FileProblem => ({
  scanner: 'dpkg',
  path,
  kind,
  reason: 'because',
});
const unknownDistribution: Distribution = {
  ...inventory().distributions[0],
  ...{
    did: 'nix',
    name: 'NixOS',
    version: '24',
    versionCodeName: '',
    versionId: '24',
    arch: '',
    cpe: '',
    prettyName: 'NixOS 24',
  },
  namespace: '',
};

describe('stateCoverage', () => {
  it('of a document is partial when components could not be matched, and says how many', () => {
    const said = coverage({ subject: 'document', components: { unmatched: 2, all: 5 } });
    expect(said.verdict).toBe('partial');
    expect(said.reasons).toEqual(['2 of 5 components could not be matched; the list of them says why']);
    expect(coverage({ subject: 'document', components: { unmatched: 0, all: 3 } }).verdict).toBe('complete');
  });

  it('of a document without packages speaks of the document', () => {
    const said = coverage({ subject: 'document', packagesByNamespace: new Map(), distributions: [] });
    expect([said.verdict, said.reasons]).toEqual(['unknown', ['no packages were found in the document']]);
  });

  it('is complete when every package has a fresh feed and every file was read', () => {
    expect(coverage()).toEqual({
      verdict: 'complete',
      namespaces: [
        {
          namespace: 'debian:12',
          packages: 3,
          feeds: [{ feed: 'debian', fetchedAt: '2024-06-01T00:00:00.000Z', stale: false }],
        },
      ],
      problems: [],
      reasons: [],
    });
  });

  it.each<[string, Partial<CoverageInput>, string, string]>([
    ['an old feed', { nowMs: NOW_MS + 1 }, 'partial', 'feed debian is old: last fetched 2024-06-01'],
    [
      'a namespace without feed',
      {
        packagesByNamespace: new Map([
          ['debian:12', 3],
          ['npm', 1],
        ]),
      },
      'partial',
      'no feed is loaded for npm: 1 package could',
    ],
    [
      'packages of nobody knows what',
      {
        packagesByNamespace: new Map([
          ['', 2],
          ['debian:12', 3],
        ]),
      },
      'partial',
      '2 packages could not be matched',
    ],
    [
      'an unsupported distribution',
      { distributions: [unknownDistribution] },
      'partial',
      'the distribution NixOS 24 is not supported: nobody here reads its advisories',
    ],
    ['a damaged file', { problems: [problem('malformed')] }, 'partial', 'could not be read in full by scanner dpkg'],
    ['a file beyond a limit', { problems: [problem('limit')] }, 'partial', 'beyond a limit'],
    ['a scanner that could not finish', { problems: [problem('incomplete')] }, 'partial', 'could not finish'],
    ['no feed at all', { feeds: [] }, 'unknown', 'no feed is loaded for debian:12: 3 packages'],
    [
      'a feed that speaks of something else',
      { feeds: [feed({ namespaces: ['debian:11'] })] },
      'unknown',
      'no feed is loaded',
    ],
    ['no packages', { packagesByNamespace: new Map() }, 'unknown', 'no packages were found'],
    ['only packages without namespace', { packagesByNamespace: new Map([['', 2]]) }, 'unknown', '2 packages could not'],
  ])('says why when there is %s', (_, fields, verdict, reason) => {
    const { reasons, ...stated } = coverage(fields);
    expect(stated.verdict).toBe(verdict);
    expect(reasons).toEqual([expect.stringContaining(reason)]);
  });

  it('never calls a feed old that has no age', () => {
    expect(coverage({ feeds: [feed({ staleAfterHours: 0, fetchedAt: new Date(0) })] }).verdict).toBe('complete');
  });

  it('says it once for a feed of several namespaces', () => {
    const namespaces = ['debian:11', 'debian:12'];
    const input = {
      nowMs: NOW_MS + HOUR_MS,
      feeds: [feed({ namespaces })],
      packagesByNamespace: new Map(namespaces.map((name) => [name, 1])),
    };
    expect(coverage(input).reasons).toHaveLength(1);
  });

  it('lists every problem, and names the first in sentences', () => {
    const problems = Array.from({ length: 25 }, (_, index) => problem('malformed', `file-${index}`));
    const stated = coverage({ problems });
    expect(stated.problems).toHaveLength(25);
    expect(stated.reasons).toHaveLength(21);
    expect(stated.reasons.at(-1)).toBe('5 more files could not be read in full');
  });
});
