import { readFileSync } from 'node:fs';
import { rpm } from '@clair/versions';
import { describe, expect, it } from 'vitest';
import { MalformedDocument } from '../../feed.ts';
import { partitionFor, readFeed } from '../../testing/read-feed.ts';
import { narrowedToFlavour } from './flavour.ts';
import { oracle } from './index.ts';

const document = readFileSync(new URL('fixtures/elsa.xml', import.meta.url));
const partition = partitionFor('ol:8');

describe('a document', () => {
  it.each([7, 100, 1_000_000])('reads as the golden file says, in pieces of %i bytes', async (pieceBytes) => {
    const result = await readFeed(oracle, partition, { document, pieceBytes });
    await expect(`${JSON.stringify(result, null, 2)}\n`).toMatchFileSnapshot('fixtures/elsa.golden.json');
  });

  it('that is cut short throws', async () => {
    await expect(readFeed(oracle, partition, { document: document.subarray(0, -3) })).rejects.toThrow(
      MalformedDocument,
    );
  });
});

describe('a fix of another build of a package', () => {
  const pkg = (fixed: string) => ({ package: 'p', range: { fixed }, status: 'affected', fixState: 'fixed' }) as const;
  const order = (a: string, b: string) => {
    const [left, right] = [rpm.parse(a), rpm.parse(b)];
    if (!left.ok || !right.ok) throw new Error('a version does not parse');
    return rpm.compare(left.value, right.value);
  };

  it.each([
    ['glibc', '2:2.28-151.0.1.ksplice1.el8', ['2.28-101.el8', '2.28-251.el8_10.5'], '2:2.28-127.0.1.ksplice1.el8'],
    ['openssl', '2:1.1.1g-15.ksplice1.el8_3', ['1:1.1.1g-11.el8', '1:1.1.1k-9.el8_7'], '2:1.1.1g-12.ksplice1.el8_3'],
    ['gnutls', '10:3.6.16-4.0.1.el8_fips', ['3.6.14-7.el8', '3.6.16-8.el8_9'], '10:3.6.14-8.0.1.el8_fips'],
  ])('%s %s is about that build, and not about the ordinary package', (_name, fixed, ordinary, build) => {
    const narrowed = narrowedToFlavour(pkg(fixed), []);
    const range = narrowed.ok ? narrowed.value.range : {};
    const { introduced = '' } = range;
    for (const version of ordinary) expect(order(version, introduced)).toBeLessThan(0);
    expect(order(introduced, build)).toBeLessThan(0);
    expect(order(build, fixed)).toBeLessThan(0);
    expect(range.fixed).toBe(fixed);
  });

  it('is known by its criterion where its version does not say it', () => {
    expect(narrowedToFlavour(pkg('2:1-1.el8'), ['ksplice'])).toMatchObject({ value: { range: { introduced: '2:0' } } });
  });

  it('is refused where the epoch does not set it apart, and an ordinary fix stays as it is', () => {
    expect(narrowedToFlavour(pkg('1:1-1.ksplice1.el8'), []).ok).toBe(false);
    expect(narrowedToFlavour(pkg('1-1.el8_fips'), []).ok).toBe(false);
    expect(narrowedToFlavour(pkg('30:9.3.3-8.el5'), [])).toEqual({ ok: true, value: pkg('30:9.3.3-8.el5') });
  });
});

it('asks for a document a year, of which some may not be there yet', () => {
  const plan = oracle.plan({ url: 'http://127.0.0.1:8000/oval' });
  const partitions = plan.ok && plan.value.kind === 'partitions' ? plan.value.partitions : [];
  expect(partitions[0]?.request.url).toBe('http://127.0.0.1:8000/oval/com.oracle.elsa-2007.xml.bz2');
  expect(partitions.every(({ request }) => request.absentIsFine)).toBe(true);
  expect(partitions).toHaveLength(39);
});
