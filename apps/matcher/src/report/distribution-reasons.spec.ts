import type { Distribution } from '@clair/model';
import { namespaceOf } from '@clair/scanners';
import { describe, expect, it } from 'vitest';
import { stateCoverage } from './coverage.ts';
import { distributionReasons } from './distribution-reasons.ts';

const DAY_MS = 86_400_000;
const IN_2026 = Date.parse('2026-06-01T00:00:00Z');

function distribution(did: string, versionId: string, fields: Partial<Distribution> = {}): Distribution {
  const blank = { name: '', version: '', versionCodeName: '', arch: '', cpe: '', prettyName: '' };
  const said = { ...blank, did, versionId, ...fields };
  return { ...said, namespace: fields.namespace ?? namespaceOf(said) };
}

function reasons(given: Distribution | readonly string[], nowMs = IN_2026, fed: readonly string[] = []): string[] {
  const ofImage = 'did' in given;
  const namespaces = ofImage ? [given.namespace] : given;
  return distributionReasons({
    subject: 'image',
    distributions: ofImage ? [given] : [],
    packagesByNamespace: new Map(namespaces.map((namespace) => [namespace, 1])),
    feeds: [{ namespaces: [...fed] }],
    nowMs,
  });
}

describe('a release past its end of life', () => {
  it.each<[Distribution, string]>([
    [
      distribution('debian', '9'),
      'debian:9 (Debian 9) is past its end of life since 2022-06-30: flaws found later are not in its advisories',
    ],
    [
      distribution('alpine', '3.18.4'),
      'alpine:v3.18 (Alpine Linux 3.18) is past its end of life since 2025-05-09: flaws found later are not in its advisories',
    ],
    [
      distribution('ubuntu', '18.04'),
      'ubuntu:18.04 (Ubuntu 18.04) is past its end of life since 2023-05-31: flaws found later may not be in its ' +
        'advisories (Ubuntu Pro brings fixes until 2028-04-26)',
    ],
    [
      distribution('rhel', '7.9'),
      'rhel:7 (Red Hat Enterprise Linux 7) is past its end of life since 2024-06-30: flaws found later may not be in ' +
        'its advisories (Extended Life Cycle Support brings some fixes for longer)',
    ],
    [
      distribution('centos', '8', { name: 'CentOS Linux' }),
      'rhel:8 (CentOS Linux 8) is past its end of life since 2021-12-31: flaws found later may not be in its ' +
        'advisories (they are those of Red Hat, whose fixes it no longer gets)',
    ],
  ])('$did $versionId', (given, sentence) => {
    expect(reasons(given, IN_2026, [given.namespace])).toEqual([sentence]);
  });

  it('is past it from the day after', () => {
    const end = Date.parse('2022-06-30T00:00:00Z');
    expect(reasons(distribution('debian', '9'), end + DAY_MS - 1)).toEqual([]);
    expect(reasons(distribution('debian', '9'), end + DAY_MS)).toHaveLength(1);
  });

  it('is said of packages whose image nobody saw, once a release', () => {
    const [said, ...more] = reasons(['debian:9', 'debian:12', 'wolfi', 'PyPI', '']);
    expect(said).toMatch(/^debian:9 \(Debian 9\) is past its end of life since 2022-06-30/);
    expect(more).toEqual([]);
    expect(reasons(['rhel:8'])).toEqual([]);
  });

  it.each([
    distribution('debian', '12'),
    distribution('wolfi', '20230201'),
    distribution('alpine', 'edge'),
    distribution('photon', '99.0'),
  ])('is not $namespace', (given) => expect(reasons(given)).toEqual([]));
});

describe('a distribution that nobody reads the advisories of', () => {
  it.each<[Distribution, readonly string[]]>([
    [
      distribution('fedora', '39', { prettyName: 'Fedora Linux 39 (Container Image)' }),
      [
        'Fedora 39 is not supported: nobody here reads its advisories',
        'fedora:39 (Fedora 39) is past its end of life since 2024-11-26: flaws found later are not in its advisories',
      ],
    ],
    [distribution('arch', ''), ['Arch Linux is not supported: nobody here reads its advisories']],
    [distribution('raspbian', '12'), ['Raspbian 12 is not supported: nobody here reads its advisories']],
    [
      distribution('centos', '9', { name: 'CentOS Stream' }),
      ['CentOS Stream 9 is not supported: nobody here reads its advisories'],
    ],
    [
      distribution('mine', '1', { name: 'Mine', prettyName: 'Mine 1' }),
      ['the distribution Mine 1 is not supported: nobody here reads its advisories'],
    ],
    [distribution('mine', '1'), ['the distribution mine 1 is not supported: nobody here reads its advisories']],
  ])('$did $versionId', (given, sentences) => expect(reasons(given)).toEqual(sentences));

  it('is not that when a feed speaks of it', () => {
    expect(reasons(distribution('fedora', '50'), IN_2026, ['fedora:50'])).toEqual([]);
  });
});

describe('a release that is not known', () => {
  it.each<[Distribution, string]>([
    [distribution('debian', '', { prettyName: 'Distroless' }), 'the image does not say which release of Debian it is'],
    [distribution('ubuntu', 'soon', { name: 'Ubuntu' }), 'Ubuntu soon is no release of Ubuntu that is known here'],
    [
      distribution('rocky', '9.4', { prettyName: 'Rocky Linux 9.4', namespace: '' }),
      'Rocky Linux 9.4 was not known when the image was indexed: index it again',
    ],
  ])('$did "$versionId"', (given, sentence) => expect(reasons(given)).toEqual([sentence]));
});

describe('stateCoverage', () => {
  const feedOf = (namespace: string) => ({
    feed: 'one',
    fetchedAt: new Date(IN_2026),
    changedAt: null,
    staleAfterHours: 24,
    operation: 1,
    historyFrom: 0,
    advisories: 1,
    affected: 1,
    rejected: 0,
    namespaces: [namespace],
  });

  it.each([
    ['12', 'complete'],
    ['9', 'partial'],
  ])('of debian %s with a fresh feed is %s', (versionId, verdict) => {
    const debian = distribution('debian', versionId);
    const { namespace } = debian;
    const input = {
      distributions: [debian],
      packagesByNamespace: new Map([[namespace, 3]]),
      problems: [],
      nowMs: IN_2026,
      subject: 'image',
      components: { unmatched: 0, all: 0 },
    } as const;
    expect(stateCoverage({ ...input, feeds: [feedOf(namespace)] }).verdict).toBe(verdict);
  });
});
