import type { Explanation } from './explanation.ts';
import type { JudgedLabel } from './replay-labels.ts';

/** How the feeds here do on the labels of one family of images. Rates are of the decided labels only. */
export interface FamilyScore {
  readonly family: string;
  readonly labels: number;
  readonly undecided: number;
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
}

const FIXES_ONLY: Explanation = {
  id: 'source-lists-fixes-only',
  right: 'theirs',
  says: 'the flaw is there and AlmaLinux has published no fix: its errata are about fixes only',
};
const OTHER_PACKAGES: Explanation = {
  id: 'erratum-names-other-packages',
  right: 'theirs',
  says: 'an erratum names the flaw, and lists other packages than the one that was judged',
};
const SAID_UNAFFECTED: Explanation = {
  id: 'vendor-says-not-affected',
  right: 'not known',
  says: 'the vendor says that its package is not affected, and was judged to be',
};
const LEFT_OPEN: Explanation = {
  id: 'left-open-by-the-vendor',
  right: 'theirs',
  says: 'the tracker still has the flaw open in a release whose support ended; the judge found that it is not there',
};

export function familyScores(judged: readonly JudgedLabel[]): readonly FamilyScore[] {
  const families = new Map<string, JudgedLabel[]>();
  for (const one of judged) {
    const known = families.get(one.family);
    if (known === undefined) families.set(one.family, [one]);
    else known.push(one);
  }
  return [...families].sort(([a], [b]) => (a < b ? -1 : 1)).map(([family, labels]) => scoreOf(family, labels));
}

function scoreOf(family: string, labels: readonly JudgedLabel[]): FamilyScore {
  const count = (isReported: boolean, label: string): number =>
    labels.filter(
      (one) => one.outcome.kind === 'decided' && one.outcome.isReported === isReported && one.label.label === label,
    ).length;
  return {
    family,
    labels: labels.length,
    undecided: labels.filter(({ outcome }) => outcome.kind === 'undecided').length,
    truePositives: count(true, 'TP'),
    falsePositives: count(true, 'FP'),
    falseNegatives: count(false, 'TP'),
    trueNegatives: count(false, 'FP'),
  };
}

/** A decided label on which the judge and we differ. */
export interface LabelDifference {
  readonly judged: JudgedLabel;
  readonly explanation: Explanation | undefined;
}

export function labelDifferences(judged: readonly JudgedLabel[]): readonly LabelDifference[] {
  return judged.flatMap((one) => {
    const { label, outcome } = one;
    if (outcome.kind === 'undecided' || outcome.isReported === (label.label === 'TP')) return [];
    return [{ judged: one, explanation: explain(one) }];
  });
}

function explain({ family, outcome }: JudgedLabel): Explanation | undefined {
  if (outcome.kind === 'undecided') return undefined;
  const row = outcome.decided?.indexed.row;
  if (row === undefined) {
    if (!family.startsWith('AlmaLinux')) return undefined;
    return outcome.isKnownFlaw ? OTHER_PACKAGES : FIXES_ONLY;
  }
  if (!outcome.isReported) return row.status === 'not-affected' ? SAID_UNAFFECTED : undefined;
  return row.fixState === 'will-not-fix' && row.range.fixed === undefined ? LEFT_OPEN : undefined;
}
