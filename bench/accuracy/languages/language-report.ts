import type { Compared, LanguageDifference } from './comparison.ts';
import { replayConstraints } from './replay-constraints.ts';
import { type LanguageLabels, replayLanguageLabels } from './replay-labels.ts';
import { replayLockFiles } from './replay-lock-files.ts';
import { knownAdvisories, replayLanguageOsv } from './replay-osv.ts';
import { replayLanguageScans } from './replay-scans.ts';

/** What came of every replay of packages of languages. */
export interface LanguageReport {
  readonly scans: readonly Compared[];
  readonly osv: readonly Compared[];
  readonly constraints: readonly Compared[];
  readonly lockFiles: readonly Compared[];
  readonly labels: LanguageLabels;
}

export async function languageReport(): Promise<LanguageReport> {
  const known = await knownAdvisories();
  return {
    scans: replayLanguageScans(),
    osv: await replayLanguageOsv(known),
    constraints: replayConstraints(),
    lockFiles: replayLockFiles(),
    labels: replayLanguageLabels(known),
  };
}

export function languageDifferences({
  scans,
  osv,
  constraints,
  lockFiles,
  labels,
}: LanguageReport): readonly LanguageDifference[] {
  const all = [...scans, ...osv, ...constraints, ...lockFiles].flatMap(({ differences }) => differences);
  return [...all, ...labels.differences];
}
