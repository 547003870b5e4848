import type { Advisory, Affected } from '@clair/model';
import { describe, expect, it } from 'vitest';
import { advisory, affectedRow } from '../testing/update-fixture.ts';
import { ADVISORY_LIMITS, stageAdvisory } from './staged-advisory.ts';

function staged(given: Advisory) {
  const result = stageAdvisory(given);
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

const contentOf = (given: Advisory) => staged(given).contentHash;

describe('the identity of an advisory', () => {
  const base = advisory('CVE-1', { links: ['a', 'b'], aliases: ['x'] });

  it.each<[string, Partial<Advisory>]>([
    ['name', { name: 'CVE-2' }],
    ['description', { description: 'else' }],
    ['issued', { issued: '' }],
    ['links', { links: ['ab'] }],
    ['a link that became an alias', { links: ['a'], aliases: ['b', 'x'] }],
    ['aliases', { aliases: [] }],
    ['affected', { affected: [] }],
  ])('changes with %s', (_, fields) => {
    expect(contentOf({ ...base, ...fields })).not.toBe(contentOf(base));
  });

  const row = affectedRow({ range: { introduced: '1', fixed: '2' }, arches: ['amd64'] });
  it.each<[string, Partial<Affected>]>([
    ['namespace', { namespace: 'debian:11' }],
    ['package', { package: 'else' }],
    ['packageKind', { packageKind: 'binary' }],
    ['scheme', { scheme: 'apk' }],
    ['the bound that a version is', { range: { introduced: '1', lastAffected: '2' } }],
    ['an absent bound', { range: { fixed: '2' } }],
    ['status', { status: 'undetermined' }],
    ['fixState', { fixState: 'deferred' }],
    ['arches', { arches: [] }],
    ['module', { module: 'm:1' }],
    ['severity', { severity: 'low' }],
    ['normalizedSeverity', { normalizedSeverity: 'Critical' }],
  ])('changes with %s of an affected row, and its words stay what they were', (_, fields) => {
    const before = staged({ ...base, affected: [row] });
    const after = staged({ ...base, affected: [{ ...row, ...fields }] });
    expect(after.contentHash).not.toBe(before.contentHash);
    expect(after.documentHash).toBe(before.documentHash);
  });

  it('does not depend on the order of rows and architectures, nor on a row said twice', () => {
    const other = affectedRow({ package: 'zlib', arches: ['i386', 'amd64'] });
    const swapped = { ...other, arches: ['amd64', 'i386'] };
    expect(contentOf({ ...base, affected: [swapped, row, row] })).toBe(contentOf({ ...base, affected: [row, other] }));
  });
});

describe('stageAdvisory', () => {
  const long = 'x'.repeat(ADVISORY_LIMITS.nameBytes + 1);

  it.each<[string, Advisory]>([
    ['key', advisory(long, { name: 'CVE-1' })],
    ['name', advisory('CVE-1', { name: long })],
    ['description', advisory('CVE-1', { description: 'x'.repeat(ADVISORY_LIMITS.descriptionBytes + 1) })],
    ['links', advisory('CVE-1', { links: Array.from({ length: ADVISORY_LIMITS.listItems + 1 }, () => 'x') })],
    ['package', advisory('CVE-1', { affected: [affectedRow({ package: long })] })],
    ['fixed', advisory('CVE-1', { affected: [affectedRow({ range: { fixed: 'é'.repeat(600) } })] })],
  ])('rejects a record whose %s is beyond its limit', (field, given) => {
    expect(stageAdvisory(given)).toEqual({ ok: false, error: expect.stringContaining(field) });
  });

  it('replaces what PostgreSQL cannot hold', () => {
    const given = advisory('a\u0000b', { affected: [affectedRow({ package: 'p\u0000' })] });
    const { advisory: clean, affected } = staged(given);
    expect([clean.key, affected[0]?.package]).toEqual(['a\uFFFDb', 'p\uFFFD']);
  });
});
