import { styleText } from 'node:util';
import { renderColumns } from './columns.ts';
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
export function renderReport(report: ReportView, options: TextOptions): string {
  const paint = (style: Style | undefined, text: string): string =>
    options.colour && style !== undefined ? styleText(style, text, { validateStream: false }) : text;
  const lines = [
    paint('bold', report.image),
    `  ${report.digest}${report.distribution && ` · ${report.distribution}`}`,
    '',
  ];
  if (report.findings.length > 0) {
    lines.push(renderFindings(report.findings, paint), '', summarise(report.findings));
  } else {
    lines.push('No known vulnerabilities in what was looked at:');
  }
  if (options.hidden > 0) lines.push(`${options.hidden} findings below ${options.hiddenBelow} are not shown.`);
  lines.push(...renderCoverage(report.coverage, paint));
  return `${lines.join('\n')}\n`;
}

function renderFindings(
  findings: readonly FindingView[],
  paint: (style: Style | undefined, text: string) => string,
): string {
  const rows = findings.map((finding) => [
    paint(SEVERITY_STYLE[finding.severity], finding.severity),
    finding.package,
    finding.installed,
    finding.verdict === 'undecidable' ? `undecided: ${finding.reason}` : finding.fixedIn || finding.fixState,
    finding.id,
    finding.layer,
  ]);
  return renderColumns(['SEVERITY', 'PACKAGE', 'INSTALLED', 'FIXED IN', 'ID', 'LAYER'], rows);
}

function summarise(findings: readonly FindingView[]): string {
  const counts = new Map<string, number>();
  for (const { severity } of findings) counts.set(severity, (counts.get(severity) ?? 0) + 1);
  const order = ['Critical', 'High', 'Medium', 'Low', 'Negligible', 'Unknown'];
  const parts = order.flatMap((severity) => (counts.has(severity) ? [`${counts.get(severity)} ${severity}`] : []));
  const packages = new Set(findings.map((finding) => finding.package)).size;
  const fixable = findings.filter((finding) => finding.fixedIn !== '').length;
  return `${findings.length} findings in ${packages} packages: ${parts.join(', ')}; ${fixable} with a fix.`;
}

function renderCoverage(coverage: CoverageView, paint: (style: Style | undefined, text: string) => string): string[] {
  const style: Style = coverage.verdict === 'complete' ? 'green' : coverage.verdict === 'partial' ? 'yellow' : 'red';
  return [
    `Coverage: ${paint(style, coverage.verdict)}`,
    ...coverage.namespaces.map((one) => `  ${one}`),
    ...coverage.reasons.map((reason) => `  ! ${reason}`),
  ];
}
