import type { VulnerabilityReport } from '@clair/contracts';
import type { SbomInventory } from '@clair/sbom';
import type { SbomReportV2 } from './sbom-v2-schema.ts';
import { type ReportView, vulnerabilityReportV2 } from './v2.ts';

/** As {@link vulnerabilityReportV2}, with what of the document was looked at. */
export function sbomReportV2(
  { report, sbom }: { readonly report: VulnerabilityReport; readonly sbom: SbomInventory },
  view?: ReportView,
): SbomReportV2 {
  const { manifest_hash: _, ...shown } = vulnerabilityReportV2(report, view);
  const { format, tool, components, matched } = sbom;
  return {
    ...shown,
    sbom: { format, tool, components, matched },
    unmatched: sbom.unmatched.map((one) => ({ ...one })),
  };
}
