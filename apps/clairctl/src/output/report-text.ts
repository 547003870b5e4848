import { styleText } from 'node:util';
import { renderColumns } from './columns.ts';
import { printable } from './printable.ts';
import type { CoverageView, FindingView, ReportView } from './report-view.ts';

type Style = Parameters<typeof styleText>[0];

const SEVERITY_STYLE: Readonly<Record<string, Style>> = {
  Critical: ['bold', 'red'],
  High: 'red',
  Medium: 'yellow',
  Low: 'cyan',
};

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
    `  ${report.digest}${report.distribution && ` · ${report.distribution}`}`,
    '',
  ];
  if (report.findings.length > 0) {
    lines.push(renderFindings(report.findings, paint), '', ...undecided(report.findings), summarise(report.findings));
  } else {
    lines.push(nothingFound(report.coverage, options));
  }
  if (options.hidden > 0) lines.push(`${options.hidden} below ${options.hiddenBelow} not shown.`);
  lines.push(...report.notes.map((note) => `Note: ${note}`));
  lines.push(...renderCoverage(report.coverage, paint));
  return `${lines.join('\n')}\n`;
}

function printableReport(report: ReportView): ReportView {
  const { coverage } = report;
  return {
    image: printable(report.image),
    digest: printable(report.digest),
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
  };
}

function renderFindings(
  findings: readonly FindingView[],
  paint: (style: Style | undefined, text: string) => string,
): string {
  const rows = findings.map((finding) => [
    paint(SEVERITY_STYLE[finding.severity], finding.severity),
    finding.package,
    finding.installed,
    isUndecided(finding) ? 'undecided' : finding.fixedIn || finding.fixState,
    finding.id,
    finding.layer,
  ]);
  return renderColumns(['SEVERITY', 'PACKAGE', 'INSTALLED', 'FIXED IN', 'ID', 'LAYER'], rows);
}

function isUndecided({ verdict }: FindingView): boolean {
  return verdict === 'undecidable';
}

/** Their reasons are sentences: under the table, where they do not push its columns apart. */
function undecided(findings: readonly FindingView[]): string[] {
  return findings
    .filter(isUndecided)
    .map(({ id, package: name, reason }) => `Undecided: ${id} in ${name}: ${reason || 'the service does not say why'}`);
}

/** Never "clean" alone: what was looked at follows, and when nothing was, that is what is said. */
function nothingFound({ verdict }: CoverageView, { hidden, hiddenBelow }: TextOptions): string {
  if (hidden > 0) return `No known vulnerabilities of severity ${hiddenBelow} or above in what was looked at.`;
  if (verdict === 'complete') return 'No known vulnerabilities in what was looked at.';
  if (verdict === 'partial') return 'No known vulnerabilities in the part that was looked at; see what was not.';
  return 'Nothing could be looked up: whether this image has vulnerabilities is not known.';
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

function plural(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
