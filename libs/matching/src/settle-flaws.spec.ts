import { describe, expect, it } from 'vitest';
import { type Statement, settleFlaws } from './settle-flaws.ts';

const VERDICTS = { '+': 'affected', '-': 'not-affected', '?': 'undecidable' } as const;

/** `+GO-1=CVE-1,GHSA-1`: the verdict, the id, and its aliases; `+GO-1#2`: another advisory of the same id. */
function statement(text: string, namespace: string): Statement & { readonly text: string } {
  const [id = '', aliases = ''] = text.slice(1).split('=');
  const verdict = Object.entries(VERDICTS).find(([sign]) => sign === text[0])?.[1];
  if (verdict === undefined) throw new Error(text);
  const [name = '', copy = ''] = id.split('#');
  const advisory = Array.from(name + copy).reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 1e9, 7);
  return { advisory, namespace, name, aliases: aliases === '' ? [] : aliases.split(','), verdict, text };
}

/** Findings as `deciding | also`, overruled flaws as `by > others`. */
function settled(texts: string, namespace = 'Go'): readonly string[] {
  const names = (all: readonly Statement[]) => all.map(({ name }) => name).join(' ');
  return settleFlaws(texts.split(' ').map((text) => statement(text, namespace))).map((flaw) =>
    flaw.kind === 'finding'
      ? `${names(flaw.deciding)} | ${names(flaw.also)}`
      : `${flaw.by.name} > ${names(flaw.others)}`,
  );
}

describe('the same flaw', () => {
  it.each([
    ['an id in common', '+A=CVE-1 +B=CVE-1', ['A | B']],
    ['one names the other', '+A=B +B', ['A | B']],
    ['through a third', '+A=CVE-1 +B=CVE-2 +C=CVE-1,CVE-2', ['A | B C']],
    ['through a third that comes first', '+C=CVE-1,CVE-2 +A=CVE-1 +B=CVE-2', ['C | A B']],
    ['through one that is not affected', '+A=CVE-1 -X=CVE-1,CVE-2 +B=CVE-2', ['A | B']],
    ['nothing in common', '+A=CVE-1 +B=CVE-2', ['A | ', 'B | ']],
    ['two rows of one advisory', '+A=CVE-1 +A=CVE-1 +B=CVE-1', ['A A | B']],
    ['one id from two feeds', '+CVE-1 +CVE-1#2', ['CVE-1 | CVE-1']],
    ['no aliases at all', '+A +B', ['A | ', 'B | ']],
  ])('%s', (_, texts, expected) => {
    expect(settled(texts)).toEqual(expected);
  });
});

describe('who decides', () => {
  it.each([
    ['the database of the ecosystem', 'Go', '+GHSA-1=CVE-1 +GO-1=CVE-1', ['GO-1 | GHSA-1']],
    ['GitHub before others', 'npm', '+X-1=CVE-1 +GHSA-1=CVE-1', ['GHSA-1 | X-1']],
    ['GitHub before a database made in bulk', 'PyPI', '+PYSEC-1=CVE-1 +GHSA-1=CVE-1', ['GHSA-1 | PYSEC-1']],
    ['an answer before an open question', 'Go', '?GO-1=CVE-1 +GHSA-1=CVE-1', ['GHSA-1 | GO-1']],
    ['the nearer of two open questions', 'Go', '?GHSA-1=CVE-1 ?GO-1=CVE-1', ['GO-1 | GHSA-1']],
    ['a reviewed database that says no', 'crates.io', '+GHSA-1=CVE-1 -RUSTSEC-1=CVE-1', ['RUSTSEC-1 > GHSA-1']],
    ['… also of an open question', 'Go', '?GHSA-1=CVE-1 -GO-1=CVE-1', ['GO-1 > GHSA-1']],
    ['not GitHub that says no', 'npm', '+X-1=CVE-1 -GHSA-1=CVE-1', ['X-1 | ']],
    ['not a database made in bulk that says no', 'PyPI', '+GHSA-1=CVE-1 -PYSEC-1=CVE-1', ['GHSA-1 | ']],
    ['not the database of another ecosystem', 'npm', '+GHSA-1=CVE-1 -GO-1=CVE-1', ['GHSA-1 | ']],
    ['not its row for other versions', 'Go', '+GO-1=CVE-1 -GO-1=CVE-1 +GHSA-1=CVE-1', ['GO-1 | GHSA-1']],
    ['nobody, where nobody is affected', 'Go', '-GO-1=CVE-1 -GHSA-1=CVE-1', []],
  ])('%s', (_, namespace, texts, expected) => {
    expect(settled(texts, namespace)).toEqual(expected);
  });
});

it('takes ten thousand advisories of one flaw', () => {
  const texts = Array.from({ length: 10_000 }, (_, i) => `+A-${i}=A-${i + 1}`).join(' ');
  expect(settled(texts)).toHaveLength(1);
});
