import { compareSeverity, compareText, parseSeverity } from '@clair/model';
import type { ReportV2 } from '../api-shapes.ts';
import { age } from './age.ts';
import type { FindingView, ReportView } from './report-view.ts';
import { identityOfSbom, unmatchedViews } from './sbom-view.ts';

export interface ViewContext {
  readonly image: string;
  /** Base first. */
  readonly layers: readonly string[];
  readonly notes: readonly string[];
  readonly nowMs: number;
}

const FIX_STATES: Readonly<Record<string, string>> = {
  'not-fixed': 'none yet',
  'will-not-fix': "won't fix",
  deferred: 'deferred',
  'out-of-support': 'out of support',
  unknown: 'not known',
};

/** What a person is shown of a v2 report. */
export function toReportView(report: ReportV2, context: ViewContext): ReportView {
  const layerNumber = new Map(context.layers.map((digest, index) => [digest, `#${index + 1}`]));
  return {
    image: context.image,
    subject: 'sbom' in report ? 'document' : 'image',
    identity: 'sbom' in report ? identityOfSbom(report.sbom) : report.manifest_hash,
    distribution: report.distributions.map((one) => one.pretty_name || `${one.did} ${one.version_id}`).join(', '),
    findings: report.findings.map((finding) => findingView(report, finding, layerNumber)).sort(worstFirst),
    notes: context.notes,
    coverage: {
      verdict: report.coverage.verdict,
      namespaces: report.coverage.namespaces.map((one) => namespaceLine(one, context.nowMs)),
      reasons: report.coverage.reasons,
    },
    unmatched: 'unmatched' in report ? unmatchedViews(report.unmatched) : [],
  };
}

type FindingV2 = ReportV2['findings'][number];

function findingView(report: ReportV2, finding: FindingV2, layerNumber: ReadonlyMap<string, string>): FindingView {
  const found = report.packages[finding.package];
  const vulnerability = report.vulnerabilities[finding.vulnerability];
  const introducedIn = found?.locations[0]?.introduced_in ?? '';
  return {
    severity: finding.normalized_severity,
    package: found?.name ?? '',
    installed: found?.version ?? '',
    fixedIn: finding.fixed_in ?? '',
    fixState: FIX_STATES[finding.fix_state] ?? '',
    id: vulnerability?.name ?? '',
    layer: layerNumber.get(introducedIn) ?? introducedIn.slice(0, 19),
    verdict: finding.verdict,
    reason: finding.reason ?? '',
    // A service of an earlier version does not say.
    isExploited: vulnerability?.risk?.exploited === true,
  };
}

/** CVE-2025-10000 is later than CVE-2025-9999. */
const NUMERIC = new Intl.Collator('en', { numeric: true });

function worstFirst(a: FindingView, b: FindingView): number {
  const severity = (text: string) => parseSeverity(text) ?? 'Unknown';
  return (
    Number(b.isExploited) - Number(a.isExploited) ||
    compareSeverity(severity(b.severity), severity(a.severity)) ||
    compareText(a.package, b.package) ||
    NUMERIC.compare(b.id, a.id)
  );
}

type NamespaceV2 = ReportV2['coverage']['namespaces'][number];

function namespaceLine({ namespace, packages, feeds }: NamespaceV2, nowMs: number): string {
  const what = `${namespace || 'distribution not known'}: ${packages} package${packages === 1 ? '' : 's'}`;
  if (feeds.length === 0) return `${what}, not looked up: no feed speaks for them`;
  const sources = feeds.map(
    ({ feed, fetched_at, stale }) => `${feed} (fetched ${age(fetched_at, nowMs)}${stale ? ', stale' : ''})`,
  );
  return `${what} against ${sources.join(', ')}`;
}
