import { indexReportV1 } from '@clair/contracts';
import { ok } from '@clair/model';
import { type AddressGuard, parsePlatform, parseReference, resolveImage } from '@clair/oci';
import { type HttpServer, ServiceError } from '@clair/service-kit';
import { Type } from 'typebox';
import type { Indexer } from '../indexer.ts';
import { signalOfClient } from './signal-of-client.ts';

const IndexByReference = Type.Object(
  {
    image: Type.String({
      description: 'Registry reference, `[registry/]repository[:tag][@digest]`.',
      minLength: 1,
      maxLength: 1024,
    }),
    platform: Type.Optional(Type.String({ description: '`os/arch[/variant]`; default linux/amd64.', maxLength: 64 })),
    credentials: Type.Optional(
      Type.Object(
        { username: Type.String(), password: Type.String() },
        { description: 'For this registry only; not kept.' },
      ),
    ),
    labels: Type.Optional(
      Type.Record(Type.String(), Type.String(), {
        description: 'What is known of the image, for notifications; `repository` and `tag` are added from `image`.',
      }),
    ),
  },
  { additionalProperties: false },
);

export interface IndexerV2Options {
  readonly guard: AddressGuard;
  readonly insecureRegistries: readonly string[];
}

/** What Clair left to its clients: the service itself asks the registry for the manifest. */
export function registerIndexerV2(server: HttpServer, indexer: Indexer, options: IndexerV2Options): void {
  const schema = {
    tags: ['indexer'],
    summary: 'Index an image by reference',
    body: IndexByReference,
    answers: {
      201: { description: 'Indexed: its index report.', types: ['application/json'] },
      errors: [400, 409, 413, 422, 429],
    },
  } as const;
  server.post('/indexer/api/v2/index_report', { schema }, async (request, reply) => {
    const { image, platform, credentials, labels } = request.body;
    const reference = parseReference(image);
    if (!reference.ok) throw new ServiceError('invalid-argument', `image: ${reference.error.message}`);
    if (reference.value.kind !== 'registry') {
      throw new ServiceError('invalid-argument', 'image: only references to a registry can be resolved by the service');
    }
    const wanted = platform === undefined ? undefined : parsePlatform(platform);
    if (wanted?.ok === false) throw new ServiceError('invalid-argument', `platform: ${wanted.error}`);
    const signal = signalOfClient(reply);
    const resolved = await resolveImage(reference.value, {
      guard: options.guard,
      signal,
      insecure: options.insecureRegistries.includes(reference.value.registry),
      ...(wanted !== undefined && { platform: wanted.value }),
      ...(credentials !== undefined && { credentials: async () => ok({ kind: 'basic' as const, ...credentials }) }),
    });
    if (!resolved.ok) throw new ServiceError('failed-precondition', resolved.error.message);
    const layers = resolved.value.layers.map((layer) => ({
      hash: layer.digest,
      uri: layer.uri,
      headers: Object.entries(layer.headers).map(([name, values]) => ({ name, values })),
    }));
    const { registry, repository, tag } = reference.value;
    const place = { repository: `${registry}/${repository}`, ...(tag !== undefined && { tag }) };
    const sent = { hash: resolved.value.digest, layers, labels: { ...place, ...labels } };
    const report = await indexer.index(sent, signal);
    return reply
      .code(201)
      .header('location', `/indexer/api/v1/index_report/${report.manifestHash}`)
      .type('application/json')
      .send(Buffer.from(JSON.stringify(indexReportV1(report))));
  });
}
