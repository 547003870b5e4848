import type { Verdict } from '@clair/model';
import { type FlawNames, flawIds } from './same-flaw.ts';
import { overrules, sourceRank } from './source-rank.ts';

/** What one advisory says of one package. */
export interface Statement extends FlawNames {
  /** Which advisory: two feeds may have one of the same name. */
  readonly advisory: number | string;
  readonly namespace: string;
  readonly verdict: Verdict['kind'];
}

/** What is known of one flaw in one package, from all sources that speak of it. */
export type SettledFlaw<S extends Saying> =
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
  return sameFlaws(statements).flatMap((flaw) => settleFlaw(flaw) ?? []);
}

/** As {@link settleFlaws}, of statements that are known to be about one flaw; `undefined` when none calls it open or affected. */
export function settleFlaw<S extends Saying>(flaw: readonly S[]): SettledFlaw<S> | undefined {
  const open = flaw.filter(({ verdict }) => verdict !== 'not-affected');
  const [first] = [...open].sort(compareSay);
  if (first === undefined) return undefined;
  const by = flaw.find((one) => one.verdict === 'not-affected' && overrules(one) && isNearer(one, open));
  if (by !== undefined) return { kind: 'overruled', by, others: open };
  const isFirst = ({ advisory }: Saying): boolean => advisory === first.advisory;
  return { kind: 'finding', deciding: open.filter(isFirst), also: open.filter((one) => !isFirst(one)) };
}

type Saying = Omit<Statement, 'aliases'>;

function compareSay(a: Saying, b: Saying): number {
  return Number(a.verdict === 'undecidable') - Number(b.verdict === 'undecidable') || sourceRank(a) - sourceRank(b);
}

function isNearer(one: Saying, others: readonly Saying[]): boolean {
  return others.every((other) => other.advisory !== one.advisory && sourceRank(one) < sourceRank(other));
}

/** The statements by flaw, in the order of the first of each. */
function sameFlaws<S extends Statement>(statements: readonly S[]): readonly (readonly S[])[] {
  const ids = flawIds(statements);
  return [...Map.groupBy(statements.entries(), ([index]) => ids[index]).values()].map((flaw) =>
    flaw.map(([, one]) => one),
  );
}
