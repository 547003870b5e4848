import type { Explanation } from '../explanation.ts';

/** What two sides said of packages: texts of (package, version, flaw). */
export interface Compared {
  readonly where: string;
  readonly recordings: number;
  readonly packages: number;
  readonly findings: number;
  readonly identical: number;
  readonly missing: number;
  readonly surplus: number;
  readonly differences: readonly LanguageDifference[];
}

export interface LanguageDifference {
  readonly where: string;
  readonly kind: 'missing' | 'surplus';
  /** `npm lodash 4.17.20 GHSA-…`. */
  readonly text: string;
  readonly explanation: Explanation | undefined;
}

export interface Sides {
  readonly where: string;
  readonly recordings: number;
  readonly packages: number;
  readonly theirs: ReadonlySet<string>;
  readonly ours: ReadonlySet<string>;
  explain(kind: 'missing' | 'surplus', text: string): Explanation | undefined;
}

export function compared({ where, recordings, packages, theirs, ours, explain }: Sides): Compared {
  const missing = [...theirs].filter((text) => !ours.has(text));
  const surplus = [...ours].filter((text) => !theirs.has(text));
  const difference =
    (kind: 'missing' | 'surplus') =>
    (text: string): LanguageDifference => ({ where, kind, text, explanation: explain(kind, text) });
  return {
    where,
    recordings,
    packages,
    findings: theirs.size,
    identical: theirs.size - missing.length,
    missing: missing.length,
    surplus: surplus.length,
    differences: [...missing.map(difference('missing')), ...surplus.map(difference('surplus'))],
  };
}
