import type { Explanation } from './explanation.ts';
import { type FamilyScore, familyScores, labelDifferences } from './label-scores.ts';
import { type LanguageReport, languageReport } from './languages/language-report.ts';
import { markdownTable } from './markdown-table.ts';
import { type JudgedLabel, replayLabels } from './replay-labels.ts';
import { type OsvReplay, replayOsv } from './replay-osv.ts';
import { replayScans, type ScanReplay } from './replay-runs.ts';

/** What came of every replay. */
export interface AccuracyReport {
  readonly scans: ScanReplay;
  readonly osv: OsvReplay;
  readonly labels: readonly JudgedLabel[];
  readonly languages: LanguageReport;
}

/** Replays everything that is recorded. Throws when a data set is not beside the repository. */
export async function accuracyReport(): Promise<AccuracyReport> {
  return {
    scans: replayScans(),
    osv: await replayOsv(),
    labels: await replayLabels(),
    languages: await languageReport(),
  };
}

type Row = Readonly<Record<string, string | number>>;

/** The tables of docs/accuracy.md. */
export function reportText({ scans, osv, labels, languages }: AccuracyReport): string {
  const differing = labelDifferences(labels);
  const osvDifferences = osv.differences.map(({ kind, explanation, ecosystem }) => {
    return { where: ecosystem, kind, explanation };
  });
  const judged = differing.map(({ judged: { family, label }, explanation }) => {
    return { where: family, kind: label.label === 'TP' ? 'not reported' : 'reported', explanation };
  });
  return [
    ['## Recorded scans', scansTable(scans.runs, 'release')],
    ['## Images', scansTable(scans.images, 'image')],
    ['### Differences', classes(scanClasses(scans))],
    ["## OSV's API", markdownTable(osv.ecosystems.map((each) => ({ ...each })))],
    ['### Differences', classes(osvDifferences)],
    ['## Judged matches', markdownTable(familyScores(labels).map(scoreRow))],
    ['### Differences', classes(judged)],
    ['### Why labels are undecided', markdownTable(undecidedRows(labels))],
    ...languageTables(languages),
  ]
    .map(([title, text]) => `${title}\n\n${text}`)
    .join('\n\n');
}

function languageTables(report: LanguageReport): readonly (readonly [string, string])[] {
  const { scans, osv, constraints, lockFiles, labels } = report;
  const table = (all: LanguageReport['scans']): string =>
    markdownTable(all.map(({ differences: _, ...counts }) => ({ ...counts })));
  const judged = labels.ecosystems.map(({ where, labels: count, ...counts }) =>
    scoreRow({ family: where, labels: count, undecided: 0, ...counts }),
  );
  const ofMatching = [...scans, ...osv, ...constraints].flatMap(({ differences }) => differences);
  return [
    ['## Packages of languages: scans and images', table(scans)],
    ["## Packages of languages: OSV's API", table(osv)],
    ['## Packages of languages: constraints of matches', table(constraints)],
    ['### Differences', classes(ofMatching)],
    ['## Packages of languages: lock files', table(lockFiles)],
    ['### Differences', classes(lockFiles.flatMap(({ differences }) => differences))],
    ['## Packages of languages: judged matches', markdownTable(judged)],
    ['### Differences', classes(labels.differences)],
  ];
}

function scansTable(rows: ScanReplay['runs'], head: string): string {
  return markdownTable(rows.map(({ name, ...counts }) => ({ [head]: name, ...counts })));
}

function scanClasses({ differences }: ScanReplay): readonly Classed[] {
  return differences.map(({ scan, kind, explanation }) => ({ where: scan.namespace, kind, explanation }));
}

interface Classed {
  readonly where: string;
  readonly kind: string;
  readonly explanation: Explanation | undefined;
}

/** How many differences of each class there are, and where. */
function classes(differences: readonly Classed[]): string {
  const counts = new Map<string, { readonly row: Row; count: number }>();
  for (const { where, kind, explanation } of differences) {
    const key = `${where} ${kind} ${explanation?.id}`;
    const known = counts.get(key);
    if (known !== undefined) {
      known.count += 1;
      continue;
    }
    const class_ = explanation?.id ?? 'NOT EXPLAINED';
    const row = {
      where,
      difference: kind,
      class: class_,
      right: explanation?.right ?? '?',
      why: explanation?.says ?? '',
    };
    counts.set(key, { row, count: 1 });
  }
  const rows = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { row, count }]) => ({ count, ...row }));
  return markdownTable(rows);
}

/** Rates need both kinds of labels: without a judged false positive there is no precision to speak of. */
function scoreRow(score: FamilyScore): Row {
  const {
    family,
    labels,
    undecided,
    truePositives: tp,
    falsePositives: fp,
    falseNegatives: fn,
    trueNegatives: tn,
  } = score;
  const precision = fp + tn > 0 ? ratio(tp, tp + fp) : '–';
  const f1 = precision === '–' ? '–' : ratio(2 * tp, 2 * tp + fp + fn);
  return { family, labels, undecided, tp, fp, fn, tn, precision, recall: ratio(tp, tp + fn), F1: f1 };
}

function ratio(part: number, whole: number): string {
  return whole === 0 ? '–' : (part / whole).toFixed(3);
}

function undecidedRows(labels: readonly JudgedLabel[]): readonly Row[] {
  const counts = new Map<string, number>();
  for (const { family, outcome } of labels) {
    if (outcome.kind === 'undecided') {
      const key = `${family}|${outcome.reason}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, count]) => {
      const [family = '', reason = ''] = key.split('|');
      return { family, reason, labels: count };
    });
}
