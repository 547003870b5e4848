import { createRandom } from '@clair/testing';
import { describe, expect, it } from 'vitest';
import { berkeleyBytes } from '../../testing/rpm/berkeley-bytes.ts';
import { packageHeader } from '../../testing/rpm/header-bytes.ts';
import { ndbBytes } from '../../testing/rpm/ndb-bytes.ts';
import { rpmSqliteBytes } from '../../testing/rpm/sqlite-bytes.ts';
import { bytesFile } from '../../testing/scanned-file.ts';
import { rpm } from './index.ts';
import { readRpmHeader } from './rpm-header.ts';

const SEED = 20_260_101;
const CHANGED_FILES = 1_500;
const READ_MS_MAX = 1_000;

const files = { directoryNames: { texts: ['/usr/bin/'] }, directoryIndexes: [0, 0], baseNames: { texts: ['a', 'b'] } };
const headers = [
  ...Array.from({ length: 12 }, (_, n) => packageHeader(`package-${n}`, files)),
  packageHeader('large', { vendor: 'v'.repeat(9_000) }),
];

const forms = [
  { path: 'rpm/Packages', bytes: berkeleyBytes(headers, { isLittleEndian: true, pageBytes: 512, buckets: 3 }) },
  { path: 'rpm/Packages.db', bytes: ndbBytes(headers) },
  { path: 'rpm/rpmdb.sqlite', bytes: rpmSqliteBytes(headers) },
];

/** A few bytes changed (to anything, or in one bit), zeroed, moved within the file, or the end cut off. */
function damage(bytes: Uint8Array, random: ReturnType<typeof createRandom>): Uint8Array {
  const changed = bytes.slice();
  for (let n = random.int(1, 6); n > 0; n -= 1) {
    // Half of the time where the structure is: in the first bytes of a page of 512.
    const at =
      random.next() < 0.5
        ? random.int(0, bytes.length - 1)
        : random.int(0, (bytes.length >> 9) - 1) * 512 + random.int(0, 60);
    const kind = random.int(0, 4);
    if (kind === 0) changed[at] = random.int(0, 255);
    else if (kind === 1) changed[at] = (changed[at] ?? 0) ^ (1 << random.int(0, 7));
    else if (kind === 2) changed.fill(random.pick([0, 255]), at, at + random.int(1, 64));
    else if (kind === 3) changed.copyWithin(at, random.int(0, bytes.length - 1), bytes.length);
    else return changed.subarray(0, random.int(0, bytes.length));
  }
  return changed;
}

describe.each(forms)('$path', ({ path, bytes }) => {
  it('damaged is read or refused, never thrown at, in little time', () => {
    const random = createRandom(SEED);
    let refused = 0;
    for (let n = 0; n < CHANGED_FILES; n += 1) {
      const changed = damage(bytes, random);
      const startMs = performance.now();
      const result = rpm.read(bytesFile(path, changed));
      expect(performance.now() - startMs).toBeLessThan(READ_MS_MAX);
      if (!result.ok) refused += 1;
      else expect(result.value.packages.length).toBeLessThanOrEqual(headers.length);
    }
    expect(refused).toBeGreaterThan(CHANGED_FILES / 10);
    expect(refused).toBeLessThan(CHANGED_FILES);
  });

  it('is read where it lies in a larger buffer', () => {
    const around = new Uint8Array(bytes.length + 7);
    around.set(bytes, 7);
    const result = rpm.read(bytesFile(path, around.subarray(7)));
    expect(result.ok && result.value.packages.length).toBe(headers.length);
  });
});

it('a damaged header never throws, nor does its file list', () => {
  const random = createRandom(SEED);
  const [header = new Uint8Array()] = headers;
  let refused = 0;
  for (let n = 0; n < 20_000; n += 1) {
    const changed = header.with(random.int(0, header.length - 1), random.int(0, 255));
    const read = readRpmHeader(changed);
    if (!read.ok || !read.value.files().ok) refused += 1;
  }
  expect(refused).toBeGreaterThan(1_000);
  expect(refused).toBeLessThan(20_000);
});

describe('a database made to be costly', () => {
  const bytesOf = (path: string): Uint8Array =>
    forms.find((form) => form.path === path)?.bytes.slice() ?? new Uint8Array();
  const refusal = (path: string, bytes: Uint8Array): string => {
    const result = rpm.read(bytesFile(path, bytes));
    return result.ok ? 'read' : result.error.reason;
  };

  it.each([
    ['a bucket that leads to itself', (view: DataView) => view.setUint32(512 + 16, 1, true), 'page 1 is used twice'],
    ['two buckets on one page', (view: DataView) => view.setUint32(100, 0, true), 'page 1 is used twice'],
    ['more buckets than pages', (view: DataView) => view.setUint32(72, 1 << 30, true), 'buckets in'],
    ['a bucket on the meta page', (view: DataView) => view.setUint32(96, 0, true), 'is on the meta page'],
  ])('Berkeley DB: %s', (_, change, reason) => {
    const bytes = bytesOf('rpm/Packages');
    change(new DataView(bytes.buffer));
    expect(refusal('rpm/Packages', bytes)).toContain(reason);
  });

  it('Berkeley DB: pages that no bucket leads to are told, and the others kept', () => {
    const bytes = bytesOf('rpm/Packages');
    new DataView(bytes.buffer).setUint32(72, 0, true);
    const result = rpm.read(bytesFile('rpm/Packages', bytes));
    expect(result.ok && result.value.packages.length).toBeGreaterThan(0);
    expect(result.ok && result.value.problems).toEqual([expect.stringContaining('are in no bucket')]);
  });

  it('NDB: slots that share a blob', () => {
    const bytes = bytesOf('rpm/Packages.db');
    const view = new DataView(bytes.buffer);
    const first = 32 + 16;
    view.setUint32(first + 32 + 8, view.getUint32(first + 8, true), true);
    expect(refusal('rpm/Packages.db', bytes)).toContain('overlaps another');
  });

  it.each([
    ['a blob with a wrong byte', 4096 + 30, 'wrong checksum'],
    ['a slot without its magic', 32, 'no slot'],
    ['a blob of another package', 4096 + 4, 'the blob of package'],
    ['another version', 4, 'version'],
  ])('NDB: %s', (_, at, reason) => {
    const bytes = bytesOf('rpm/Packages.db');
    bytes[at] = (bytes[at] ?? 0) ^ 0x55;
    expect(refusal('rpm/Packages.db', bytes)).toContain(reason);
  });
});
