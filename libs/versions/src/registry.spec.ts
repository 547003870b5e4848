import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRandom, type Random } from '@clair/testing';
import { describe, expect, it } from 'vitest';
import { compareVersions, SCHEMES, schemeOf } from './registry.ts';
import type { VersionScheme } from './scheme.ts';

const FOLDERS = readdirSync(new URL('schemes/', import.meta.url));
const SAMPLES = 60;
const GARBAGE = 3_000;

describe('the registry', () => {
  it('holds every folder of schemes/, under its own name', () => {
    expect(Object.keys(SCHEMES).sort()).toEqual([...FOLDERS].sort());
    for (const [key, scheme] of Object.entries(SCHEMES)) expect(scheme.id).toBe(key);
  });

  it.each(FOLDERS)('%s has a README that links to where its order is defined, and a spec', (folder) => {
    const file = (name: string) => new URL(`schemes/${folder}/${name}`, import.meta.url);
    expect(readFileSync(file('README.md'), 'utf8')).toMatch(/https:\/\//);
    expect(existsSync(file(`${folder}.spec.ts`))).toBe(true);
  });

  it('finds a scheme by its name and by nothing else', () => {
    expect(schemeOf('dpkg')?.id).toBe('dpkg');
    for (const id of ['', 'DPKG', 'toString', '__proto__']) expect(schemeOf(id)).toBeUndefined();
  });
});

describe('compareVersions', () => {
  it.each([
    ['dpkg', '1.0', '1.0-1', -1],
    ['dpkg', '1.0', '1.0-0', 0],
    ['apk', '1.0', '1.0_rc1', 1],
  ])('%s: %s and %s', (scheme, a, b, order) => {
    const compared = compareVersions(scheme, a, b);
    expect(compared.ok && Math.sign(compared.value)).toBe(order);
  });

  it('says which text does not parse, or that the scheme is not known', () => {
    expect(compareVersions('dpkg', '1', '')).toMatchObject({
      ok: false,
      error: { kind: 'malformed-version', text: '' },
    });
    expect(compareVersions('dpkg', 'a', 'b')).toMatchObject({ ok: false, error: { text: 'a' } });
    expect(compareVersions('rot13', '1', '2')).toEqual({ ok: false, error: { kind: 'unknown-scheme', id: 'rot13' } });
  });
});

/** Texts that are nearly versions, so that many parse, many are nearly equal and many are refused. */
function text(random: Random): string {
  const piece = () =>
    random.pick([
      '0',
      '1',
      '2',
      '10',
      '01',
      '.',
      '.',
      'a',
      'p',
      '~',
      '-',
      '-r1',
      '_rc',
      '_p',
      '_git1',
      '+',
      ':',
      '~a1',
      '^',
      '.0',
      '.1',
      '.2-a',
      '+b',
    ]);
  return random.pick(['', '0', '1', '1.']) + Array.from({ length: random.int(0, 5) }, piece).join('');
}

describe.each(Object.values(SCHEMES) as VersionScheme[])('the laws of $id', (scheme) => {
  const random = createRandom(42);
  const values = new Map<string, unknown>();
  while (values.size < SAMPLES) {
    const candidate = text(random);
    const parsed = scheme.parse(candidate);
    if (parsed.ok) values.set(candidate, parsed.value);
  }
  const versions = Array.from(values, ([text, value]) => ({ text, value }));
  const order = versions.map((a) => versions.map((b) => Math.sign(scheme.compare(a.value, b.value))));

  it('every version equals itself, and turning a comparison round turns its sign', () => {
    const broken = versions.flatMap((a, i) =>
      versions.flatMap((b, j) => (order[i]?.[j] === -(order[j]?.[i] ?? Number.NaN) ? [] : [`${a.text} <=> ${b.text}`])),
    );
    expect(broken).toEqual([]);
  });

  it('what is not newer than something not newer than a third is not newer than the third', () => {
    const broken: string[] = [];
    const notNewer = (i: number, j: number) => (order[i]?.[j] ?? Number.NaN) <= 0;
    for (const [i, a] of versions.entries()) {
      for (const [j, b] of versions.entries()) {
        if (!notNewer(i, j)) continue;
        for (const [k, c] of versions.entries()) {
          if (notNewer(j, k) && !notNewer(i, k)) broken.push(`${a.text} <= ${b.text} <= ${c.text}`);
        }
      }
    }
    expect(broken).toEqual([]);
  });

  it('the samples are worth comparing', () => {
    const signs = new Set(order.flat());
    expect(signs).toEqual(new Set([-1, 0, 1]));
    const equal = order.flat().filter((sign) => sign === 0).length;
    expect(equal).toBeGreaterThan(SAMPLES);
  });

  it('never throws, and a refusal carries the text and a reason', () => {
    const garbage = createRandom(3);
    for (let i = 0; i < GARBAGE; i++) {
      const candidate =
        i % 2 === 0 ? text(garbage) : garbage.text('\u0000\n 019azAZ._-+~:\ud800é🂡', garbage.int(0, 12));
      const parsed = scheme.parse(candidate);
      if (!parsed.ok)
        expect(parsed.error).toMatchObject({
          kind: 'malformed-version',
          text: candidate,
          reason: expect.stringMatching(/./),
        });
    }
    for (const unit of ['1', '.', '1.', '_p1', '~', '1a', ' ', '-r1'])
      expect(() => scheme.parse(`1${unit.repeat(300_000)}`)).not.toThrow();
  });
});
