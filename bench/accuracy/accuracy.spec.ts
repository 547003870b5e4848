import { describe, expect, it } from 'vitest';
import { type AccuracyReport, accuracyReport, reportText } from './accuracy-report.ts';
import { absentDataSets } from './data-set.ts';
import { datedRows, FactHistory, type FeedFact } from './feed-facts.ts';
import { familyScores, labelDifferences } from './label-scores.ts';
import { languageDifferences } from './languages/language-report.ts';
import { markdownTable } from './markdown-table.ts';

const fact: FeedFact = {
  family: 'ubuntu',
  release: '25.10',
  source: 'curl',
  binary: 'libcurl4t64',
  id: 'CVE-2025-1',
  fixed: null,
  status: 'affected',
  first: '2025-10-10',
  last: '2025-10-20',
};
const packageOf = (version: string) => ({
  name: 'curl',
  version,
  type: 'deb',
  scheme: 'dpkg',
  arch: 'amd64',
  module: '',
  source: { name: 'curl', version },
  namespace: 'ubuntu:25.10',
  cpes: [],
  owner: '',
});

describe('the facts of a day', () => {
  const fix = { ...fact, fixed: '8.14.1-2ubuntu1.1', status: 'fixed', first: '2025-10-25', last: '2025-10-28' };
  const again = { ...fix, fixed: '8.14.1-2ubuntu1.2', first: '2025-11-01', last: '2025-11-05' };
  const history = new FactHistory(datedRows([fact, { ...fact, binary: 'curl', last: '2025-10-22' }, fix, again]));
  it.each([
    ['2025-10-09', '8.14.1-2ubuntu1', 0, 'before anybody said it'],
    ['2025-10-10', '8.14.1-2ubuntu1', 1, 'on the first day'],
    ['2025-10-22', '8.14.1-2ubuntu1', 1, 'on the last day of any binary package of the source'],
    ['2025-10-24', '8.14.1-2ubuntu1', 0, 'what has no fix does not outlive its last report'],
    ['2025-10-26', '8.14.1-2ubuntu1', 1, 'older than the fix'],
    ['2025-10-26', '8.14.1-2ubuntu1.1', 0, 'fixed'],
    ['2025-10-30', '8.14.1-2ubuntu1', 1, 'a fix outlives its last report'],
    ['2026-01-01', '8.14.1-2ubuntu1.1', 1, 'the newest fix counts'],
    ['2026-01-01', '8.14.1-2ubuntu1.2', 0, 'the newest fix counts'],
  ])('%s %s: %i (%s)', (date, version, expected) => {
    const found = [...history.at(date).decide(packageOf(version))].filter(({ kind }) => kind === 'affected');
    expect(found).toHaveLength(expected);
  });
});

it('names binary packages of fixes and sources of what has none, for Red Hat', () => {
  const redHat = { ...fact, family: 'redhat', release: '9', source: 'python-pip', binary: 'python3-pip-wheel' };
  const rows = datedRows([redHat, { ...redHat, fixed: '21.3.1-2.el9', status: 'fixed' }]);
  expect(rows.map(({ row }) => [row.namespace, row.packageKind, row.package])).toEqual([
    ['rhel:9', 'source', 'python-pip'],
    ['rhel:9', 'binary', 'python3-pip-wheel'],
  ]);
});

it('sets numbers to the right', () => {
  expect(markdownTable([{ name: 'a', count: 1 }])).toBe('| name | count |\n| ---- | ----: |\n| a    |     1 |');
  expect(markdownTable([])).toBe('(none)');
});

const absent = absentDataSets();
const title = absent.length === 0 ? 'the recorded verdicts' : `the recorded verdicts (skipped: ${absent.join(', ')})`;

describe.skipIf(absent.length > 0)(title, () => {
  let report: Promise<AccuracyReport> | undefined;
  const replayed = (): Promise<AccuracyReport> => {
    report ??= accuracyReport();
    return report;
  };

  it('leave no difference without an explanation', { timeout: 60_000 }, async () => {
    const { scans, osv, labels, languages } = await replayed();
    const open = [...scans.differences, ...osv.differences].filter(({ explanation }) => explanation === undefined);
    expect(open.map(({ kind, id }) => `${kind} ${id}`)).toEqual([]);
    const judged = labelDifferences(labels).filter(({ explanation }) => explanation === undefined);
    expect(judged.map(({ judged: { label } }) => `${label.image.exact} ${label.vulnerability_id}`)).toEqual([]);
    expect(reportText({ scans, osv, labels, languages })).not.toContain('NOT EXPLAINED');
  });

  it('are found again, but for what the slices do not hold', { timeout: 60_000 }, async () => {
    const { runs, images, differences } = (await replayed()).scans;
    const missing = differences.filter(({ kind }) => kind === 'missing');
    expect(new Set(missing.map(({ explanation }) => explanation?.id))).toEqual(new Set(['slice-names-another-source']));
    const total = (key: 'findings' | 'identical') => [...runs, ...images].reduce((sum, one) => sum + one[key], 0);
    expect(total('findings')).toBe(total('identical') + missing.length);
    expect(runs.reduce((sum, one) => sum + one.scans, 0)).toBe(171);
  });

  it("of OSV's API are found again for every advisory that speaks of the release", { timeout: 60_000 }, async () => {
    const { ecosystems, differences } = (await replayed()).osv;
    for (const each of ecosystems) expect(each.identical + each.missing).toBe(each.available);
    const almalinux = ecosystems.find(({ ecosystem }) => ecosystem === 'AlmaLinux:9');
    expect(almalinux).toMatchObject({ recordings: 83, named: 120, available: 120, identical: 120 });
    const missing = differences.filter(({ kind }) => kind === 'missing');
    expect(new Set(missing.map(({ explanation }) => explanation?.id))).toEqual(new Set(['record-of-another-day']));
  });

  it('of packages of languages are found again, every one', { timeout: 60_000 }, async () => {
    const { languages } = await replayed();
    const unexplained = languageDifferences(languages).filter(({ explanation }) => explanation === undefined);
    expect(unexplained.map(({ kind, text }) => `${kind} ${text}`)).toEqual([]);
    const { scans, osv, constraints } = languages;
    for (const one of [...scans, ...osv, ...constraints]) expect([one.where, one.missing]).toEqual([one.where, 0]);
    for (const one of constraints) expect([one.where, one.surplus]).toEqual([one.where, 0]);
    const total = (all: typeof scans) => all.reduce((sum, { identical }) => sum + identical, 0);
    expect([total(scans), total(osv), total(constraints)]).toEqual([105, 487, 116]);
  });

  it('of judges are counted once each, and followed where the vendor follows them', { timeout: 60_000 }, async () => {
    const scores = familyScores((await replayed()).labels);
    expect(scores.reduce((sum, one) => sum + one.labels, 0)).toBe(12_714);
    for (const { labels, undecided, ...counts } of scores) {
      const { truePositives, falsePositives, falseNegatives, trueNegatives } = counts;
      expect(undecided + truePositives + falsePositives + falseNegatives + trueNegatives).toBe(labels);
    }
    const ubuntu = scores.find(({ family }) => family === 'Ubuntu');
    expect(ubuntu?.truePositives).toBeGreaterThan(300);
    expect(ubuntu?.falseNegatives).toBeLessThan(10);
  });
});
