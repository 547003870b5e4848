import { invariant } from '@clair/model';
import { type HttpServer, ifNoneMatch, negotiate } from '@clair/service-kit';
import { Type } from 'typebox';
import { BoundedCache } from '../bounded-cache.ts';
import { manifestDigest } from '../manifest-digest.ts';
import type { MatcherDeps } from '../matcher-deps.ts';
import { readReport } from '../read-report.ts';
import { vulnerabilityReportV1 } from '../report/v1.ts';
import { NOTHING_LOADED, RETRY_AFTER_SECONDS } from './nothing-loaded.ts';

export const VULNERABILITY_REPORT = 'application/vnd.clair.vulnerability_report.v1+json';

/** Registries and CI read the same report again and again; to write its JSON takes longer than to look it up. */
const BODIES_BYTES = 32 * 1024 * 1024;

interface Etags {
  readonly v1: string;
}

function bodyOf(report: Parameters<typeof vulnerabilityReportV1>[0]): Buffer {
  return Buffer.from(JSON.stringify(vulnerabilityReportV1(report)));
}

/** Clair's vulnerability report: path, shape and statuses as Clair's, with an ETag, and the media type that is meant. */
export function registerReportV1(server: HttpServer, deps: MatcherDeps, cacheSeconds: number): void {
  const bodies = new BoundedCache<Buffer>(BODIES_BYTES, ({ length }) => length);
  const schema = {
    tags: ['matcher'],
    summary: 'Retrieve the vulnerability report of a manifest',
    params: Type.Object({ digest: Type.String() }),
    answers: {
      200: { description: 'The vulnerability report.', types: [VULNERABILITY_REPORT, 'application/json'] },
      202: {
        description: 'No advisories are loaded yet; Retry-After says when to ask again.',
        types: ['application/json'],
      },
      304: '`If-None-Match` names it.',
      errors: [400, 404, 415],
    },
  } as const;
  server.get('/matcher/api/v1/vulnerability_report/:digest', { schema }, async (request, reply) => {
    const type = negotiate(request, [VULNERABILITY_REPORT, 'application/json']);
    const manifest = manifestDigest(request.params.digest);
    const isHad = ({ v1 }: Etags) => ifNoneMatch(request, `"${v1}"`);
    const keyOf = ({ v1 }: Etags) => `${manifest} ${v1}`;
    let written: Buffer | undefined;
    const isKnown = (etags: Etags) => {
      written = bodies.get(keyOf(etags));
      return written !== undefined || isHad(etags);
    };
    const outcome = await readReport(deps, { manifest, moment: 'now', isKnown });
    if (outcome.kind === 'nothing-loaded') {
      return reply.code(202).header('retry-after', RETRY_AFTER_SECONDS).type('application/json').send(NOTHING_LOADED);
    }
    reply
      .header('etag', `"${outcome.etags.v1}"`)
      .header('cache-control', `max-age=${cacheSeconds}`)
      .header('vary', 'Accept');
    if (isHad(outcome.etags)) return reply.code(304).send();
    const body = outcome.kind === 'known' ? written : bodyOf(outcome.report);
    invariant(body !== undefined, 'a report is known when its reader has its body, or the cache');
    bodies.set(keyOf(outcome.etags), body);
    // Of a text, Fastify would say `charset=utf-8`, a parameter that Clair's media types do not have.
    return reply.type(type).send(body);
  });
}
