import type { SbomReportV2 } from '../api-shapes.ts';
import type { UnmatchedView } from './report-view.ts';

const COMPONENTS_NAMED_MAX = 3;
const FORMATS: Readonly<Record<string, string>> = { cyclonedx: 'CycloneDX', spdx: 'SPDX', syft: 'Syft' };

/** `CycloneDX of syft 1.42.2: 18 of 535 components matched`. */
export function identityOfSbom({ format, tool, components, matched }: SbomReportV2['sbom']): string {
  const title = FORMATS[format] ?? format;
  return `${title}${tool === '' ? '' : ` of ${tool}`}: ${matched} of ${components} components matched`;
}

/** Grouped by reason, the most frequent first. */
export function unmatchedViews(unmatched: SbomReportV2['unmatched']): UnmatchedView[] {
  const byReason = Map.groupBy(unmatched, ({ reason }) => reason);
  return [...byReason]
    .map(([reason, all]) => ({
      reason,
      count: all.length,
      components: all.slice(0, COMPONENTS_NAMED_MAX).map(({ component }) => component),
    }))
    .sort((a, b) => b.count - a.count);
}
