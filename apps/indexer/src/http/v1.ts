import { type IndexReport, indexReportV1 } from '@clair/contracts';
import { type HttpServer, ifNoneMatch, type Logger, negotiate, ServiceError } from '@clair/service-kit';
import { Type } from 'typebox';
import type { UncheckedManifest } from '../index/manifest.ts';
import type { Indexer } from '../indexer.ts';
import { registerAffectedManifestV1 } from './affected-manifest-v1.ts';
import { readManifestV1 } from './manifest-v1.ts';
import { signalOfClient } from './signal-of-client.ts';

const INDEX_REPORT = 'application/vnd.clair.index_report.v1+json';
const INDEX_STATE = 'application/vnd.clair.index_state.v1+json';

const REPORTS = '/indexer/api/v1/index_report';
const JSON_TYPE = 'application/json';
const DigestParams = Type.Object({ digest: Type.String() });

const SCHEMAS = {
  index: {
    tags: ['indexer'],
    summary: 'Index a manifest',
    answers: {
      201: { description: 'Indexed: its index report.', types: [INDEX_REPORT] },
      202: 'Begun, as `Prefer: respond-async` asked for; the report is at `Location`.',
      412: '`If-None-Match` names the present index state, so there is nothing to do.',
      errors: [400, 409, 413, 422, 429],
    },
  },
  show: {
    tags: ['indexer'],
    summary: 'Retrieve the index report of a manifest',
    params: DigestParams,
    answers: {
      200: { description: 'The index report.', types: [INDEX_REPORT, JSON_TYPE] },
      304: '`If-None-Match` names it.',
      errors: [400, 404, 415],
    },
  },
  forget: {
    tags: ['indexer'],
    summary: 'Forget a manifest',
    params: DigestParams,
    answers: { 204: 'It is not known, any more or at all.', errors: [400] },
  },
  forgetMany: {
    tags: ['indexer'],
    summary: 'Forget manifests',
    answers: { 200: { description: 'The digests of those that were there.', types: [JSON_TYPE] }, errors: [400, 413] },
  },
  state: {
    tags: ['indexer'],
    summary: 'Retrieve the index state, which changes when a scanner does',
    answers: {
      200: { description: 'The state.', types: [INDEX_STATE, JSON_TYPE] },
      304: '`If-None-Match` names it.',
      errors: [400, 415],
    },
  },
} as const;

export interface IndexerV1Options {
  readonly log: Logger;
}

/** Clair's indexer API, version 1: paths, shapes, media types and the ETag flow unchanged for its clients. */
export function registerIndexerV1(server: HttpServer, indexer: Indexer, options: IndexerV1Options): void {
  const etag = `"${indexer.indexState}"`;

  server.post(REPORTS, { schema: SCHEMAS.index }, async (request, reply) => {
    const manifest = readManifestV1(request.body);
    if (ifNoneMatch(request, etag)) {
      await indexer.label(manifest);
      return reply.code(412).send();
    }
    if (prefersAsync(request.headers.prefer)) {
      await startInBackground(indexer, manifest, options);
      return reply
        .code(202)
        .headers({ location: `${REPORTS}/${manifest.hash}`, 'preference-applied': 'respond-async' })
        .send();
    }
    const report = await indexer.index(manifest, signalOfClient(reply));
    return reply
      .code(201)
      .headers({ etag, location: `${REPORTS}/${report.manifestHash}`, link: links(report.manifestHash) })
      .type(INDEX_REPORT)
      .send(Buffer.from(JSON.stringify(indexReportV1(report))));
  });

  server.get(`${REPORTS}/:digest`, { schema: SCHEMAS.show }, async (request, reply) => {
    const type = negotiate(request, [INDEX_REPORT, 'application/json']);
    const report = await indexer.report(request.params.digest);
    if (report === undefined) {
      throw new ServiceError('not-found', `index report for manifest ${request.params.digest} not found`);
    }
    const tag = tagOf(report, indexer.indexState);
    if (tag === etag && ifNoneMatch(request, etag)) return reply.code(304).header('etag', etag).send();
    return reply
      .header('etag', tag)
      .type(type)
      .send(Buffer.from(JSON.stringify(indexReportV1(report))));
  });

  server.delete(`${REPORTS}/:digest`, { schema: SCHEMAS.forget }, async (request, reply) => {
    await indexer.delete([request.params.digest]);
    return reply.code(204).send();
  });

  server.delete(REPORTS, { schema: SCHEMAS.forgetMany }, async (request, reply) => {
    const digests = request.body;
    if (!Array.isArray(digests) || !digests.every((digest) => typeof digest === 'string')) {
      throw new ServiceError('invalid-argument', 'the body must be a JSON array of manifest digests');
    }
    return reply.type('application/json').send(Buffer.from(JSON.stringify(await indexer.delete(digests))));
  });

  server.get('/indexer/api/v1/index_state', { schema: SCHEMAS.state }, async (request, reply) => {
    const type = negotiate(request, [INDEX_STATE, 'application/json']);
    if (ifNoneMatch(request, etag)) return reply.code(304).header('etag', etag).send();
    return reply
      .header('etag', etag)
      .type(type)
      .send(Buffer.from(JSON.stringify({ state: indexer.indexState })));
  });

  registerAffectedManifestV1(server, indexer);
}

/** Only a finished report of the present scanners has their tag: whoever holds it need not send the manifest again. */
function tagOf(report: IndexReport, indexState: string): string {
  const isCurrent = report.state === 'IndexFinished' && report.indexState === indexState;
  return isCurrent ? `"${indexState}"` : `"${report.indexState}-${report.state}"`;
}

function links(digest: string): string[] {
  return [
    `<${REPORTS}/${digest}>; rel="https://projectquay.io/clair/v1/index_report"`,
    `</matcher/api/v1/vulnerability_report/${digest}>; rel="https://projectquay.io/clair/v1/vulnerability_report"`,
  ];
}

/** @see https://www.rfc-editor.org/rfc/rfc7240#section-4.1 */
function prefersAsync(header: string | string[] | undefined): boolean {
  return [header ?? []]
    .flat()
    .some((line) => line.split(',').some((part) => part.trim().toLowerCase() === 'respond-async'));
}

/**
 * Resolves when the manifest was accepted: it is well-formed and there is room for it. How it went is in its index
 * report. The request's credentials live in memory only, so a process that dies takes the job with it; the report then
 * says so, and the manifest has to be sent again.
 */
async function startInBackground(
  indexer: Indexer,
  manifest: UncheckedManifest,
  options: IndexerV1Options,
): Promise<void> {
  const job = await indexer.begin(manifest);
  job.done.catch((error: unknown) => {
    if (error instanceof ServiceError) return;
    options.log.error({ err: error, manifest: manifest.hash }, 'manifest not indexed');
  });
}
