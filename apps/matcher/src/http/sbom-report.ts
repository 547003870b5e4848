import { type HttpServer, negotiate } from '@clair/service-kit';
import { Type } from 'typebox';
import type { MatcherDeps } from '../matcher-deps.ts';
import { readSbomReport, SBOM_BYTES_MAX } from '../read-sbom-report.ts';
import { sbomReportV2 } from '../report/sbom-v2.ts';
import { SbomReportV2 } from '../report/sbom-v2-schema.ts';
import { NOTHING_LOADED, NothingLoaded, RETRY_AFTER_SECONDS } from './nothing-loaded.ts';
import { MinSeverity, Order, readView } from './view-query.ts';

/** Findings of an inventory that somebody else made. The body may be large; nothing of it is kept. */
export function registerSbomReport(server: HttpServer, deps: MatcherDeps): void {
  const schema = {
    tags: ['matcher'],
    summary: 'Findings of a software bill of materials, and what of it was looked at',
    description:
      'The body is a document in CycloneDX JSON, SPDX 2 JSON or Syft JSON, whatever its `Content-Type` says.',
    consumes: [
      'application/json',
      'application/vnd.cyclonedx+json',
      'application/spdx+json',
      'application/vnd.syft+json',
    ],
    querystring: Type.Object({ min_severity: MinSeverity, order: Order }),
    body: Type.Unknown(),
    response: { 200: SbomReportV2, 202: NothingLoaded },
    answers: {
      200: 'The report.',
      202: 'No advisories are loaded yet; Retry-After says when to ask again.',
      errors: [400, 413, 415],
    },
  } as const;
  const options = { schema, bodyLimit: SBOM_BYTES_MAX };
  server.post('/matcher/api/v2/sbom_report', options, async (request, reply) => {
    negotiate(request, ['application/json']);
    const view = readView(request.query);
    const outcome = await readSbomReport(deps, request.body);
    if (outcome.kind === 'nothing-loaded') {
      return reply.code(202).header('retry-after', RETRY_AFTER_SECONDS).send(NOTHING_LOADED);
    }
    return reply.code(200).send(sbomReportV2(outcome, view));
  });
}
