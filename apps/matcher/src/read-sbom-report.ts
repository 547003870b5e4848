import { hash } from 'node:crypto';
import type { VulnerabilityReport } from '@clair/contracts';
import type { Inventory } from '@clair/model';
import { readSbom, type SbomInventory } from '@clair/sbom';
import { ServiceError } from '@clair/service-kit';
import type { MatcherDeps } from './matcher-deps.ts';
import { measureReport } from './measure-report.ts';
import { groupInventory } from './report/inventory-groups.ts';
import { reportOn } from './report-on-subject.ts';

/** Of a document, over whatever it comes. */
export const SBOM_BYTES_MAX = 64 * 1024 * 1024;

export type SbomReportOutcome =
  | { readonly kind: 'report'; readonly report: VulnerabilityReport; readonly sbom: SbomInventory }
  | { readonly kind: 'nothing-loaded' };

/**
 * What is known against the packages that a document (a parsed JSON value) lists. Nothing of the document is kept but its
 * findings, in the cache. Throws `ServiceError('invalid-argument')` with what is wrong with the document.
 */
export async function readSbomReport(deps: MatcherDeps, document: unknown): Promise<SbomReportOutcome> {
  const read = readSbom(document);
  if (!read.ok) throw new ServiceError('invalid-argument', read.error);
  const sbom = read.value;
  const outcome = await measureReport(deps, () =>
    reportOn(deps, {
      moment: 'now',
      subject: async () => ({
        kind: 'document',
        hash: hashOf(sbom.inventory),
        inventory: groupInventory(sbom.inventory),
        components: { unmatched: sbom.unmatched.length - sbom.harmless, all: sbom.components },
      }),
    }),
  );
  return outcome.kind === 'report' ? { kind: 'report', report: outcome.report, sbom } : { kind: 'nothing-loaded' };
}

/** Findings point to packages by their place, so the hash is of the list as it is. */
function hashOf({ packages }: Inventory): string {
  return `sbom:${hash('sha256', JSON.stringify(packages), 'hex')}`;
}
