import { ecosystemOfNamespace } from '@clair/model';
import { dataSetLines } from '../data-set.ts';
import type { Explanation } from '../explanation.ts';
import type { Label } from '../label-images.ts';
import type { LanguageDifference } from './comparison.ts';
import { languagePackage } from './language-package.ts';
import type { KnownAdvisories } from './replay-osv.ts';

/** What became of the labels that name an advisory of a language which is here. */
export interface JudgedEcosystem {
  readonly where: string;
  readonly labels: number;
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
}

export interface LanguageLabels {
  readonly ecosystems: readonly JudgedEcosystem[];
  readonly differences: readonly LanguageDifference[];
}

const MORE_THAN_THE_VERSION: Explanation = {
  id: 'judged-by-more-than-the-version',
  right: 'theirs',
  says: 'the advisory names the package and the version; the judge looked at more: whose package it is, what of it is in the image',
};
const NOT_IN_THE_RANGE: Explanation = {
  id: 'not-in-the-range',
  right: 'ours',
  says: 'the record that is here does not name that version: it was mended since, or the judge went by the name alone',
};

/** Judgements of matches of GitHub's, Go's, Python's and Rust's advisories, as far as the record is here and names the package. */
export function replayLanguageLabels(known: ReadonlyMap<string, KnownAdvisories>): LanguageLabels {
  const ecosystems = new Map<string, { labels: number; counts: Record<string, number> }>();
  const differences: LanguageDifference[] = [];
  for (const label of dataSetLines<Label>('labels')) {
    const { package: pkg, vulnerability_id: id } = label;
    if (pkg === undefined || label.label === '??') continue;
    const judged = [...known].find(([namespace, { index }]) => isNamed({ namespace, index, name: pkg.name, id }));
    if (judged === undefined) continue;
    const [namespace, { index }] = judged;
    const decided = [...index.decide(languagePackage(namespace, pkg.name, pkg.version))];
    const isReported = decided.some((one) => one.id === id && one.kind !== 'not-affected');
    const outcome = `${label.label} ${isReported ? 'reported' : 'not reported'}`;
    const entry = ecosystems.get(namespace) ?? { labels: 0, counts: {} };
    ecosystems.set(namespace, entry);
    entry.labels += 1;
    entry.counts[outcome] = (entry.counts[outcome] ?? 0) + 1;
    if (isReported === (label.label === 'TP')) continue;
    differences.push({
      ...{ where: namespace, kind: isReported ? 'surplus' : 'missing', text: `${pkg.name} ${pkg.version} ${id}` },
      explanation: isReported ? MORE_THAN_THE_VERSION : NOT_IN_THE_RANGE,
    });
  }
  return {
    ecosystems: [...ecosystems].sort().map(([where, { labels, counts }]) => ({
      where,
      labels,
      truePositives: counts['TP reported'] ?? 0,
      falsePositives: counts['FP reported'] ?? 0,
      falseNegatives: counts['TP not reported'] ?? 0,
      trueNegatives: counts['FP not reported'] ?? 0,
    })),
    differences,
  };
}

function isNamed(asked: {
  readonly namespace: string;
  readonly index: KnownAdvisories['index'];
  readonly name: string;
  readonly id: string;
}): boolean {
  const { namespace, index, name, id } = asked;
  if (!index.speaksOf(namespace, id) || ecosystemOfNamespace(namespace) === undefined) return false;
  return index.rowsOf(languagePackage(namespace, name, '0')).some(({ ids }) => ids.includes(id));
}
