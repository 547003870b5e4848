import { shown } from '../../json-fields.ts';

/** What the OVAL of Ubuntu says of one source package, in the words of Canonical's tracker. */
export type Verdict =
  | 'fixed'
  /** Fixed, and nobody wrote down in which version. */
  | 'fixed-somewhere'
  /** The fix is made and not published yet. */
  | 'pending'
  | 'needed'
  | 'needs-triage'
  | 'deferred'
  | 'ignored'
  | 'not-affected'
  | 'undecided';

/** One comment of a criterion, read. */
export interface Statement {
  readonly source: string;
  /** `noble`, `esm-apps/noble`, `trusty/esm`; empty where the comment names none. */
  readonly pocket: string;
  readonly verdict: Verdict;
  /** The source version that has the fix; empty unless the verdict is `fixed` or `pending`. */
  readonly version: string;
  /** Why, as the tracker has it: `end of life, was needed`; empty when it gives none. */
  readonly note: string;
}

export type Criterion =
  | { readonly kind: 'statement'; readonly statement: Statement }
  /** The definition is about that kernel. Where nothing else is said of it, it is vulnerable. */
  | { readonly kind: 'kernel'; readonly source: string }
  /** About the machine, or a package that the release does not have. */
  | { readonly kind: 'nothing' }
  /** The package, where at least that can be read, is not to be called safe. */
  | { readonly kind: 'unreadable'; readonly problem: string; readonly source: string };

const NAME = "'?([0-9a-z][0-9a-z+.-]{1,199}?)'?";
const POCKET = '([a-z][0-9a-z-]*(?:/[a-z][0-9a-z-]*)?)';
const IN_POCKET = new RegExp(`^(?:The )?${NAME}(?: source)?(?: package| kernel) in ${POCKET}[,:]? (.+)$`);
const WITHOUT_POCKET = new RegExp(`^${NAME}: (while related .+)$`);
const NOT_THERE = new RegExp(`^(?:The )?${NAME}(?: source)?(?: package)? does not exist in `);
const UNKNOWN = new RegExp(`^The vulnerability of the ${NAME} package in ${POCKET} (is not known.*)$`);
const KERNEL = new RegExp(`^Is kernel ${NAME} running\\?$`);
const MACHINE = /^The host is /;
/** In a wording that nobody here knows. */
const SOME_PACKAGE = new RegExp(`^(?:The )?${NAME}(?::| .*?\\b(?:package|kernel)\\b)`);

const NOTE = /\(note: '(.*)'\)\.?$/;
/** As Canonical's generator has it: a note that starts with a digit and has no space is a version. */
const VERSION = /^[0-9]\S*$/;

/** The first that is found counts. Wordings of 2019 to 2026. */
const VERDICTS: readonly (readonly [RegExp, Verdict])[] = [
  [/pending publication/, 'pending'],
  [/has been fixed/, 'fixed'],
  [/\bignore\b|\bnot fix\b|no longer supported/, 'ignored'],
  [/\bdefer(?:red)?\b/, 'deferred'],
  [/is not affected/, 'not-affected'],
  [/needs? fixing/, 'needed'],
  [/\bnot known\b|pending evaluation/, 'undecided'],
];

/** Reads the comment of a criterion, which is the only place of the format where a status is. */
export function readCriterion(comment: string): Criterion {
  if (MACHINE.test(comment) || NOT_THERE.test(comment)) return { kind: 'nothing' };
  const kernel = KERNEL.exec(comment)?.[1];
  if (kernel !== undefined) return { kind: 'kernel', source: kernel };
  const [source, pocket, said] = partsOf(comment);
  const note = NOTE.exec(said)?.[1] ?? '';
  const verdict = verdictOf(said.replace(NOTE, ''), note);
  if (source === '' || verdict === undefined) {
    const problem = `nobody here knows what is said by ${shown(comment)}`;
    return { kind: 'unreadable', problem, source: SOME_PACKAGE.exec(comment)?.[1] ?? '' };
  }
  const version = verdict === 'fixed' || verdict === 'pending' ? versionOf(note) : '';
  return { kind: 'statement', statement: { source, pocket, verdict, version, note } };
}

function partsOf(comment: string): readonly [source: string, pocket: string, said: string] {
  const inPocket = IN_POCKET.exec(comment) ?? UNKNOWN.exec(comment);
  if (inPocket !== null) return [inPocket[1] ?? '', inPocket[2] ?? '', inPocket[3] ?? ''];
  const without = WITHOUT_POCKET.exec(comment);
  return [without?.[1] ?? '', '', without?.[2] ?? ''];
}

function verdictOf(said: string, note: string): Verdict | undefined {
  // The status that the generator did not know is quoted in it: "(status: 'deferred')".
  if (/\bneed(?:s)? fixing\b/.test(said) && /\bmay\b|\bmight\b/.test(said)) return 'needs-triage';
  const verdict = VERDICTS.find(([pattern]) => pattern.test(said))?.[1];
  return verdict === 'fixed' && versionOf(note) === '' ? 'fixed-somewhere' : verdict;
}

function versionOf(note: string): string {
  return VERSION.test(note) ? note : '';
}
