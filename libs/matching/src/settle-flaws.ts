import type { Verdict } from '@clair/model';
import { overrules, sourceRank } from './source-rank.ts';

/** What one advisory says of one package. */
export interface Statement {
  /** Which advisory: two feeds may have one of the same name. */
  readonly advisory: number;
  readonly namespace: string;
  /** The advisory's own id. */
  readonly name: string;
  /** Other ids of the same flaw. */
  readonly aliases: readonly string[];
  readonly verdict: Verdict['kind'];
}

/** What is known of one flaw in one package, from all sources that speak of it. */
export type SettledFlaw<S extends Statement> =
  /** `deciding`: all that the source says that has the say. `also`: what others say that agree. */
  | { readonly kind: 'finding'; readonly deciding: readonly S[]; readonly also: readonly S[] }
  /** `by` says that this version is not affected, and has the say; `others` say that it is. */
  | { readonly kind: 'overruled'; readonly by: S; readonly others: readonly S[] };

/**
 * Of everything that is said of one package, each flaw once. Advisories are about the same flaw when they have an id in common, own
 * or alias, also through a third one. Who decides: a statement before an open question, then the source nearer to the package
 * ({@link sourceRank}), then the first given. Flaws that no statement calls open or affected are left out.
 */
export function settleFlaws<S extends Statement>(statements: readonly S[]): readonly SettledFlaw<S>[] {
  return sameFlaws(statements).flatMap(settle);
}

function settle<S extends Statement>(flaw: readonly S[]): readonly SettledFlaw<S>[] {
  const open = flaw.filter(({ verdict }) => verdict !== 'not-affected');
  const [first] = [...open].sort(compareSay);
  if (first === undefined) return [];
  const by = flaw.find((one) => one.verdict === 'not-affected' && overrules(one) && isNearer(one, open));
  if (by !== undefined) return [{ kind: 'overruled', by, others: open }];
  const isFirst = ({ advisory }: Statement): boolean => advisory === first.advisory;
  return [{ kind: 'finding', deciding: open.filter(isFirst), also: open.filter((one) => !isFirst(one)) }];
}

function compareSay(a: Statement, b: Statement): number {
  return Number(a.verdict === 'undecidable') - Number(b.verdict === 'undecidable') || sourceRank(a) - sourceRank(b);
}

function isNearer(one: Statement, others: readonly Statement[]): boolean {
  return others.every((other) => other.advisory !== one.advisory && sourceRank(one) < sourceRank(other));
}

/** The statements by flaw, in the order of the first of each. */
function sameFlaws<S extends Statement>(statements: readonly S[]): readonly (readonly S[])[] {
  /** Of each id another of the same flaw, and in the end the one that stands for it. */
  const parents = new Map<string, string>();
  const root = (id: string): string => {
    let at = id;
    for (let up = parents.get(at); up !== undefined; up = parents.get(at)) at = up;
    return at;
  };
  for (const { name, aliases } of statements) {
    for (const alias of aliases) {
      const [a, b] = [root(name), root(alias)];
      if (a !== b) parents.set(b, a);
    }
  }
  return [...Map.groupBy(statements, ({ name }) => root(name)).values()];
}
