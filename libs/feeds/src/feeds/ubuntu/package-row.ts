import type { Affected, FixState } from '@clair/model';
import type { Statement, Verdict } from './criterion.ts';

/** What is said of one source package: in the archive everybody has, and in Ubuntu Pro's. */
export interface PackageStatements {
  readonly source: string;
  readonly base?: Statement;
  readonly pro?: Statement;
}

export type RowVerdict = Pick<Affected, 'range' | 'status' | 'fixState'>;

const SUPPORT_ENDED =
  /end[- ]of[- ](?:life|standard|support|esm|extended)|out of (?:standard )?support|\bEOL\b|no longer supported/i;

/**
 * The row of a package. A fix that only Ubuntu Pro has bounds the range, so that machines which have it are clear, but the state is
 * that of the archive everybody has: for a machine without a subscription nothing is fixed.
 */
export function rowOf({ base, pro }: PackageStatements): RowVerdict {
  const said = base ?? pro;
  if (said === undefined) return { range: {}, status: 'undetermined', fixState: 'unknown' };
  if (isDecided(said.verdict) && said === base) return decided(said);
  if (pro === undefined) return open(said);
  if (pro.verdict === 'not-affected') return decided(pro);
  if (!isDecided(pro.verdict)) return open(said);
  const fixState: FixState = base === undefined ? 'not-fixed' : open(base).fixState;
  if (pro.verdict === 'fixed-somewhere') return { range: {}, status: 'undetermined', fixState };
  return { range: pro.version === '' ? {} : { fixed: pro.version }, status: 'affected', fixState };
}

/** Whether the fix is in Ubuntu Pro only. */
export function isProOnly({ base, pro }: PackageStatements): boolean {
  return pro?.verdict === 'fixed' && !(base !== undefined && isDecided(base.verdict));
}

function isDecided(verdict: Verdict): boolean {
  return verdict === 'fixed' || verdict === 'fixed-somewhere' || verdict === 'pending' || verdict === 'not-affected';
}

function decided({ verdict, version }: Statement): RowVerdict {
  const range = version === '' ? {} : { fixed: version };
  if (verdict === 'fixed') return { range, status: 'affected', fixState: 'fixed' };
  if (verdict === 'pending') return { range, status: 'affected', fixState: 'not-fixed' };
  if (verdict === 'not-affected') return { range: {}, status: 'not-affected', fixState: 'unknown' };
  return { range: {}, status: 'undetermined', fixState: 'fixed' };
}

/** Not triaged yet counts as affected, as it does when the document is evaluated; that nobody has decided is in the state. */
function open({ verdict, note }: Statement): RowVerdict {
  if (verdict === 'undecided') return { range: {}, status: 'undetermined', fixState: 'unknown' };
  return { range: {}, status: 'affected', fixState: openState(verdict, note) };
}

function openState(verdict: Verdict, note: string): FixState {
  if (verdict === 'ignored') return SUPPORT_ENDED.test(note) ? 'out-of-support' : 'will-not-fix';
  if (verdict === 'deferred') return 'deferred';
  return verdict === 'needs-triage' ? 'unknown' : 'not-fixed';
}
