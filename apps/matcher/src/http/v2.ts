import { type HttpServer, ifNoneMatch, negotiate, ServiceError } from '@clair/service-kit';
import { Type } from 'typebox';
import { handleListFeeds } from '../grpc/list-feeds.ts';
import { manifestDigest } from '../manifest-digest.ts';
import type { MatcherDeps } from '../matcher-deps.ts';
import { readReport } from '../read-report.ts';
import { feedsV2, vulnerabilityReportV2 } from '../report/v2.ts';
import { FeedsV2, VulnerabilityReportV2 } from '../report/v2-schema.ts';
import type { Moment } from '../store/candidates.ts';
import { NOTHING_LOADED, NothingLoaded, RETRY_AFTER_SECONDS } from './nothing-loaded.ts';
import { MinSeverity, Order, readView } from './view-query.ts';

/** What Clair does not have: evidence, coverage, the state as of an earlier operation, and the feeds. */
export function registerV2(server: HttpServer, deps: MatcherDeps): void {
  registerReport(server, deps);
  registerFeeds(server, deps);
}

function registerReport(server: HttpServer, deps: MatcherDeps): void {
  const schema = {
    tags: ['matcher'],
    summary: 'Findings of a manifest with their evidence, and what was looked at',
    params: Type.Object({ digest: Type.String() }),
    querystring: Type.Object({
      min_severity: MinSeverity,
      order: Order,
      operation: Type.Optional(
        Type.String({ description: 'The state after this update operation, instead of the present' }),
      ),
    }),
    response: { 200: VulnerabilityReportV2, 202: NothingLoaded, 304: Type.Null() },
    answers: {
      200: 'The report.',
      202: 'No advisories are loaded yet; Retry-After says when to ask again.',
      304: '`If-None-Match` names it.',
      errors: [400, 404, 415, 422],
    },
  } as const;
  server.get('/matcher/api/v2/vulnerability_report/:digest', { schema }, async (request, reply) => {
    negotiate(request, ['application/json']);
    const manifest = manifestDigest(request.params.digest);
    const view = readView(request.query);
    const isKnown = (etags: { readonly whole: string }) => ifNoneMatch(request, `"${etags.whole}"`);
    const outcome = await readReport(deps, { manifest, moment: readMoment(request.query.operation), isKnown });
    if (outcome.kind === 'nothing-loaded') {
      return reply.code(202).header('retry-after', RETRY_AFTER_SECONDS).send(NOTHING_LOADED);
    }
    reply.header('etag', `"${outcome.etags.whole}"`).header('cache-control', 'no-cache');
    if (outcome.kind === 'known') return reply.code(304).send(null);
    return reply.code(200).send(vulnerabilityReportV2(outcome.report, view));
  });
}

function registerFeeds(server: HttpServer, deps: MatcherDeps): void {
  const schema = {
    tags: ['matcher'],
    summary: 'What is held of each feed',
    response: { 200: FeedsV2 },
    answers: { 200: 'The feeds that were loaded.', errors: [400, 415] },
  } as const;
  server.get('/matcher/api/v2/feeds', { schema }, async (request, reply) => {
    negotiate(request, ['application/json']);
    return reply.code(200).send(feedsV2(await handleListFeeds(deps)));
  });
}

function readMoment(text: string | undefined): Moment {
  if (text === undefined) return 'now';
  const operation = Number(text);
  if (!/^\d{1,15}$/.test(text)) throw new ServiceError('invalid-argument', 'operation must be a number from 0');
  return { operation };
}
