import { ServiceError } from '@clair/service-kit';
import { describe, expect, it } from 'vitest';
import { readManifestV1 } from './manifest-v1.ts';

const layer = { hash: 'sha256:b', uri: 'https://r/b' };
const withLayers = (...layers: unknown[]) => ({ hash: 'sha256:a', layers });

describe('readManifestV1', () => {
  it.each([
    [null, '/: must be object'],
    [[], '/: must be object'],
    [{}, '/: must have required properties hash'],
    [{ hash: 1 }, '/hash: must be string'],
    [{ hash: 'sha256:a', layers: {} }, '/layers: must be array'],
    [withLayers(1), '/layers/0: must be object'],
    [withLayers(layer, { hash: 'sha256:c' }), '/layers/1: must have required properties uri'],
    [withLayers({ ...layer, uri: null }), '/layers/0/uri: must be string'],
    [withLayers({ ...layer, headers: [] }), '/layers/0/headers: must be object'],
    [withLayers({ ...layer, headers: { A: 'b' } }), '/layers/0/headers/A: must be array'],
    [withLayers({ ...layer, headers: { A: ['b', 1] } }), '/layers/0/headers/A/1: must be string'],
    [{ hash: 'sha256:a', labels: { a: 1 } }, '/labels/a: must be string'],
    [{ hash: 'sha256:a', labels: 'a' }, '/labels: must be object'],
  ])('%j is refused with the place of what is wrong', (body, at) => {
    const error = new ServiceError('invalid-argument', `failed to deserialize manifest at ${at}`);
    expect(() => readManifestV1(body)).toThrow(error);
  });

  it('takes null and nothing for empty, and passes over what it does not know', () => {
    const body = { hash: 'sha256:a', labels: null, media_type: 'x', layers: [{ ...layer, headers: { A: null } }] };
    expect(readManifestV1(body)).toEqual({
      hash: 'sha256:a',
      layers: [{ ...layer, headers: [{ name: 'A', values: [] }] }],
    });
    expect(readManifestV1({ hash: 'sha256:a', layers: null })).toEqual({ hash: 'sha256:a', layers: [] });
    expect(readManifestV1({ hash: 'sha256:a' })).toEqual({ hash: 'sha256:a', layers: [] });
  });
});
