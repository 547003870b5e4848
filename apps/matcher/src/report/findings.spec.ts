import type { Affected } from '@clair/model';
import { describe, expect, it } from 'vitest';
import type { StoredAffected } from '../store/affected-row.ts';
import { installed, inventory } from '../testing/matcher-fixture.ts';
import { affectedRow } from '../testing/update-fixture.ts';
import { matchInventory } from './findings.ts';
import { groupInventory } from './inventory-groups.ts';

const row = (id: number, fields: Partial<Affected> = {}): StoredAffected => ({
  id,
  advisory: id,
  affected: affectedRow(fields),
});

/** `index:row verdict version`. */
function match(packages: readonly ReturnType<typeof installed>[], rows: readonly StoredAffected[]): string[] {
  return matchInventory(groupInventory(inventory({ packages })), rows).map(
    (found) => `${found.package}:${found.row.id} ${found.verdict} ${found.comparedVersion}`,
  );
}

const libssl = installed('libssl3', { source: { name: 'openssl', version: '3.0.9-1' }, version: '3.0.9-1+b1' });

describe('matchInventory', () => {
  it('reports a source advisory on each binary, comparing the version of the source', () => {
    expect(match([libssl, installed('openssl')], [row(7)])).toEqual(['0:7 affected 3.0.9-1', '1:7 affected 3.0.9-1']);
  });

  it('compares the version of the binary where the advisory is about it', () => {
    const rows = [row(1, { packageKind: 'binary', package: 'libssl3', range: { fixed: '3.0.9-1+b2' } })];
    expect(match([libssl, installed('openssl')], rows)).toEqual(['0:1 affected 3.0.9-1+b1']);
  });

  it('takes no source for a binary of the same name', () => {
    expect(match([installed('openssl', { source: { name: 'other', version: '1' } })], [row(1)])).toEqual([]);
  });

  it('keeps the packages of one source apart that differ in arch, version or module', () => {
    const packages = [
      installed('a', { source: { name: 'openssl', version: '3.0.9-1' } }),
      installed('b', { source: { name: 'openssl', version: '3.0.11-1' } }),
      installed('c', { source: { name: 'openssl', version: '3.0.9-1' }, arch: 'arm64' }),
      installed('d', { source: { name: 'openssl', version: '3.0.9-1' }, module: 'm:1' }),
    ];
    expect(match(packages, [row(1, { arches: ['amd64'] })])).toEqual(['0:1 affected 3.0.9-1']);
  });

  it('keeps what cannot be decided, with the reason', () => {
    const packages = [
      installed('openssl', { version: 'no version', source: { name: 'openssl', version: 'no version' } }),
    ];
    const [found] = matchInventory(groupInventory(inventory({ packages })), [row(1)]);
    expect(found).toMatchObject({ verdict: 'undecidable', reason: expect.stringMatching(/./) });
  });

  it('matches nothing outside the namespace, and nothing without one', () => {
    const packages = [installed('openssl', { namespace: '' }), installed('openssl', { namespace: 'debian:11' })];
    expect(match(packages, [row(1)])).toEqual([]);
    expect(groupInventory(inventory({ packages })).wanted.map(({ namespace }) => namespace)).toEqual([
      'debian:11',
      'debian:11',
    ]);
  });

  it('gives one order, whatever the order of the rows', () => {
    const packages = [libssl, installed('openssl')];
    const rows = [row(3), row(1), row(2)];
    const found = match(packages, rows);
    expect(found.map((line) => line.slice(0, 3))).toEqual(['0:1', '0:2', '0:3', '1:1', '1:2', '1:3']);
    expect(match(packages, [...rows].reverse())).toEqual(found);
  });
});
