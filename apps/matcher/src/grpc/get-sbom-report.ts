import type { GetSbomReportRequest, GetSbomReportResponse } from '@clair/contracts';
import { ServiceError } from '@clair/service-kit';
import type { MatcherDeps } from '../matcher-deps.ts';
import { readSbomReport, SBOM_BYTES_MAX } from '../read-sbom-report.ts';

/** @see proto/clair/matcher/v1/matcher.proto GetSbomReport */
export async function handleGetSbomReport(
  deps: MatcherDeps,
  request: GetSbomReportRequest,
): Promise<GetSbomReportResponse> {
  const outcome = await readSbomReport(deps, parseDocument(request.document));
  if (outcome.kind !== 'report') throw new ServiceError('unavailable', 'no advisories are loaded yet');
  const { format, tool, components, matched, unmatched } = outcome.sbom;
  return { report: outcome.report, sbom: { format, tool, components, matched }, unmatched };
}

function parseDocument(bytes: Uint8Array): unknown {
  if (bytes.length > SBOM_BYTES_MAX) {
    throw new ServiceError('invalid-argument', `the document has more than ${SBOM_BYTES_MAX} bytes`);
  }
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new ServiceError('invalid-argument', 'the document is not JSON');
  }
}
