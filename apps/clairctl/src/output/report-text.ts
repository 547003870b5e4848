import { styleText } from 'node:util';
import { renderColumns } from './columns.ts';
import { printable } from './printable.ts';
import type { CoverageView, FindingView, ReportView, UnmatchedView } from './report-view.ts';

type Style = Parameters<typeof styleText>[0];

const SEVERITY_STYLE: Readonly<Record<string, Style>> = {
  Critical: ['bold', 'red'],
  High: 'red',
  Medium: 'yellow',
  Low: 'cyan',
};

const REASONS_SHOWN_MAX = 10;

export interface TextOptions {
  readonly colour: boolean;
  /** Findings below it were hidden by the caller's wish; 0 when none. */
  readonly hidden: number;
  readonly hiddenBelow: string;
}

/** A report as a person likes to read it: what to do first, then the rest, then what was looked at. */
export function renderReport(raw: ReportView, options: TextOptions): string {
  const paint = (style: Style | undefined, text: string): string =>
    options.colour && style !== undefined ? styleText(style, text, { validateStream: false }) : text;
  const report = printableReport(raw);
  const lines = [
    paint('bold', report.image),
    `  ${report.identity}${report.distribution && ` · ${report.distribution}`}`,
    '',
  ];
  if (report.findings.length > 0) {
    lines.push(
      renderFindings(report.findings, paint),
      '',
      ...exploited(report.findings),
      ...undecided(report.findings),
      summarise(report.findings),
    );
  } else {
    lines.push(nothingFound(report, options));
  }
  if (options.hidden > 0) lines.push(`${options.hidden} below ${options.hiddenBelow} not shown.`);
  lines.push(...report.notes.map((note) => `Note: ${note}`));
  lines.push(...renderCoverage(report.coverage, paint), ...renderUnmatched(report.unmatched));
  return `${lines.join('\n')}\n`;
}

function printableReport(report: ReportView): ReportView {
  const { coverage } = report;
  return {
    image: printable(report.image),
    identity: printable(report.identity),
    subject: report.subject,
    distribution: printable(report.distribution),
    findings: report.findings.map((finding) => ({
      ...finding,
      package: printable(finding.package),
      installed: printable(finding.installed),
      fixedIn: printable(finding.fixedIn),
      id: printable(finding.id),
      layer: printable(finding.layer),
      reason: printable(finding.reason),
    })),
    notes: report.notes.map(printable),
    coverage: {
      verdict: coverage.verdict,
      namespaces: coverage.namespaces.map(printable),
      reasons: coverage.reasons.map(printable),
    },
    unmatched: report.unmatched.map(({ reason, count, components }) => ({
      reason: printable(reason),
      count,
      components: components.map(printable),
    })),
  };
}

function renderFindings(
  findings: readonly FindingView[],
  paint: (style: Style | undefined, text: string) => string,
): string {
  // Nobody knows the layers of what a document lists.
  const isLayered = findings.some(({ layer }) => layer !== '');
  const rows = findings.map((finding) => [
    paint(SEVERITY_STYLE[finding.severity], finding.severity),
    finding.package,
    finding.installed,
    isUndecided(finding) ? 'undecided' : finding.fixedIn || finding.fixState,
    finding.id,
    ...(isLayered ? [finding.layer] : []),
  ]);
  const heading = ['SEVERITY', 'PACKAGE', 'INSTALLED', 'FIXED IN', 'ID', ...(isLayered ? ['LAYER'] : [])];
  return renderColumns(heading, rows);
}

function isUndecided({ verdict }: FindingView): boolean {
  return verdict === 'undecidable';
}

/** Their reasons are sentences: under the table, where they do not push its columns apart. */
function exploited(findings: readonly FindingView[]): readonly string[] {
  const known = findings.filter(({ isExploited }) => isExploited).map(({ id, package: name }) => `${id} in ${name}`);
  return known.length === 0 ? [] : [`Known to be exploited: ${[...new Set(known)].join(', ')}`];
}

function undecided(findings: readonly FindingView[]): string[] {
  return findings
    .filter(isUndecided)
    .map(({ id, package: name, reason }) => `Undecided: ${id} in ${name}: ${reason || 'the service does not say why'}`);
}

/** Never "clean" alone: what was looked at follows, and when nothing was, that is what is said. */
function nothingFound({ coverage: { verdict }, subject }: ReportView, { hidden, hiddenBelow }: TextOptions): string {
  if (hidden > 0) return `No known vulnerabilities of severity ${hiddenBelow} or above in what was looked at.`;
  if (verdict === 'complete') return 'No known vulnerabilities in what was looked at.';
  if (verdict === 'partial') return 'No known vulnerabilities in the part that was looked at; see what was not.';
  const what = subject === 'image' ? 'this image' : 'what this document lists';
  return `Nothing could be looked up: whether ${what} has vulnerabilities is not known.`;
}

function summarise(findings: readonly FindingView[]): string {
  const counts = new Map<string, number>();
  for (const { severity } of findings) counts.set(severity, (counts.get(severity) ?? 0) + 1);
  const order = ['Critical', 'High', 'Medium', 'Low', 'Negligible', 'Unknown'];
  const parts = order.flatMap((severity) => (counts.has(severity) ? [`${counts.get(severity)} ${severity}`] : []));
  const packages = new Set(findings.map((finding) => finding.package)).size;
  const fixable = findings.filter((finding) => finding.fixedIn !== '').length;
  return `${plural(findings.length, 'finding')} in ${plural(packages, 'package')}: ${parts.join(', ')}; ${fixable} with a fix.`;
}

function renderCoverage(coverage: CoverageView, paint: (style: Style | undefined, text: string) => string): string[] {
  const style: Style = coverage.verdict === 'complete' ? 'green' : coverage.verdict === 'partial' ? 'yellow' : 'red';
  return [
    `Coverage: ${paint(style, coverage.verdict)}`,
    ...coverage.namespaces.map((one) => `  ${one}`),
    ...coverage.reasons.map((reason) => `  ! ${reason}`),
  ];
}

/** The list itself is in the JSON form. */
function renderUnmatched(unmatched: readonly UnmatchedView[]): string[] {
  if (unmatched.length === 0) return [];
  const shown = unmatched.slice(0, REASONS_SHOWN_MAX).map(({ reason, count, components }) => {
    const more = count - components.length;
    return `  ${plural(count, 'component')}: ${reason} (${components.join(', ')}${more === 0 ? '' : `, and ${more} more`})`;
  });
  const others = unmatched.length - shown.length;
  return ['Not matched:', ...shown, ...(others === 0 ? [] : [`  for ${plural(others, 'more reason')}: see -o json`])];
}

function plural(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
