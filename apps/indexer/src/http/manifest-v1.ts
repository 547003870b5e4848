import { ServiceError } from '@clair/service-kit';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { UncheckedManifest } from '../index/manifest.ts';

const ManifestV1 = Type.Object({
  hash: Type.String(),
  labels: Type.Optional(Type.Union([Type.Null(), Type.Record(Type.String(), Type.String())])),
  layers: Type.Optional(
    Type.Union([
      Type.Null(),
      Type.Array(
        Type.Object({
          hash: Type.String(),
          uri: Type.String(),
          headers: Type.Optional(
            Type.Union([Type.Null(), Type.Record(Type.String(), Type.Union([Type.Null(), Type.Array(Type.String())]))]),
          ),
        }),
      ),
    ]),
  ),
});

/** Clair's Manifest document, with `labels` beside what Clair knows; unknown fields (`media_type`) are ignored as Clair does. */
export function readManifestV1(body: unknown): UncheckedManifest {
  if (!Value.Check(ManifestV1, body)) {
    throw new ServiceError('invalid-argument', `failed to deserialize manifest${describeProblem(body)}`);
  }
  return {
    hash: body.hash,
    layers: (body.layers ?? []).map((layer) => ({
      hash: layer.hash,
      uri: layer.uri,
      headers: Object.entries(layer.headers ?? {}).map(([name, values]) => ({ name, values: values ?? [] })),
    })),
    ...(body.labels && { labels: body.labels }),
  };
}

/**
 * Every union above is "this or null": that something is not null either is no help, and neither is that no branch fits. What is left
 * is what is wrong, and where.
 */
function describeProblem(body: unknown): string {
  const first = Value.Errors(ManifestV1, body).find(
    (error) => error.keyword !== 'anyOf' && !(error.keyword === 'type' && error.params.type === 'null'),
  );
  return first === undefined ? '' : ` at ${first.instancePath || '/'}: ${first.message}`;
}
