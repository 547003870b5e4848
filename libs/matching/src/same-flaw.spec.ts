import { expect, it } from 'vitest';
import { flawIds } from './same-flaw.ts';

/** `GHSA-1=CVE-2024-1,PYSEC-1`: the id, and its aliases. */
function names(text: string) {
  const [name = '', aliases = ''] = text.split('=');
  return { name, aliases: aliases === '' ? [] : aliases.split(',') };
}

it.each([
  ['nothing in common', 'GHSA-1 PYSEC-1', 'GHSA-1 PYSEC-1'],
  ['the CVE stands for both', 'GHSA-1=CVE-2024-9 PYSEC-1=CVE-2024-9', 'CVE-2024-9 CVE-2024-9'],
  ['the first CVE, of several', 'GHSA-1=CVE-2024-9,CVE-2023-1', 'CVE-2023-1'],
  ['no CVE: the first id', 'PYSEC-1=GHSA-1 GHSA-1', 'GHSA-1 GHSA-1'],
  ['through a third', 'A=CVE-2024-2 B=CVE-2024-1 C=CVE-2024-1,CVE-2024-2', 'CVE-2024-1 CVE-2024-1 CVE-2024-1'],
  ['an id that came later', 'GHSA-1 GHSA-1=CVE-2024-1', 'CVE-2024-1 CVE-2024-1'],
])('%s', (_, texts, expected) => {
  const all = texts.split(' ').map(names);
  expect(flawIds(all).join(' ')).toBe(expected);
  expect(flawIds(all.toReversed()).toReversed().join(' ')).toBe(expected);
});
