import { type HttpServer, ifNoneMatch, negotiate } from '@clair/service-kit';
import { Type } from 'typebox';
import { manifestDigest } from '../manifest-digest.ts';
import type { MatcherDeps } from '../matcher-deps.ts';
import { readReport } from '../read-report.ts';
import { vulnerabilityReportV1 } from '../report/v1.ts';
import { NOTHING_LOADED, RETRY_AFTER_SECONDS } from './nothing-loaded.ts';

export const VULNERABILITY_REPORT = 'application/vnd.clair.vulnerability_report.v1+json';

/** Clair's vulnerability report: path, shape and statuses as Clair's, with an ETag, and the media type that is meant. */
export function registerReportV1(server: HttpServer, deps: MatcherDeps, cacheSeconds: number): void {
  const schema = {
    tags: ['matcher'],
    summary: 'Retrieve the vulnerability report of a manifest',
    params: Type.Object({ digest: Type.String() }),
  };
  server.get('/matcher/api/v1/vulnerability_report/:digest', { schema }, async (request, reply) => {
    const type = negotiate(request, [VULNERABILITY_REPORT, 'application/json']);
    const manifest = manifestDigest(request.params.digest);
    const isKnown = (etags: { readonly v1: string }) => ifNoneMatch(request, `"${etags.v1}"`);
    const outcome = await readReport(deps, { manifest, moment: 'now', isKnown });
    if (outcome.kind === 'nothing-loaded') {
      return reply.code(202).header('retry-after', RETRY_AFTER_SECONDS).type('application/json').send(NOTHING_LOADED);
    }
    reply
      .header('etag', `"${outcome.etags.v1}"`)
      .header('cache-control', `max-age=${cacheSeconds}`)
      .header('vary', 'Accept');
    if (outcome.kind === 'known') return reply.code(304).send();
    // Of a text, Fastify would say `charset=utf-8`, a parameter that Clair's media types do not have.
    return reply.type(type).send(Buffer.from(JSON.stringify(vulnerabilityReportV1(outcome.report))));
  });
}
