import type { FindAffectedManifestsResponse } from '@clair/contracts';
import { expect, it } from 'vitest';
import { debianPackage, digestOf } from '../testing/world.ts';
import { readAffectedManifest } from './affected-manifest.ts';

const openssl = { ...debianPackage('libssl3', '3.0-1+b1'), source: { name: 'openssl', version: '3.0-1' } };

function answer(fields: Partial<FindAffectedManifestsResponse> = {}): FindAffectedManifestsResponse {
  return {
    ref: 7,
    manifestHash: digestOf('a'),
    package: openssl,
    verdict: 'affected',
    end: false,
    labels: [],
    ...fields,
  };
}

it.each<[string, Partial<FindAffectedManifestsResponse>, string, object]>([
  ['source row', {}, 'source', { certainty: 2, packageVersion: '3.0-1', packageArch: '' }],
  ['binary row', {}, 'binary', { certainty: 2, packageVersion: '3.0-1+b1', packageArch: 'amd64' }],
  ['undecidable', { verdict: 'undecidable' }, 'source', { certainty: 1 }],
  ['no source', { package: { ...openssl, source: undefined } }, 'source', { packageVersion: '3.0-1+b1' }],
  ['no package', { package: undefined }, 'source', { packageVersion: '', packageArch: '' }],
])('%s', (_, fields, packageKind, expected) => {
  expect(readAffectedManifest(answer(fields), packageKind)).toMatchObject({ ok: true, value: expected });
});

it.each<[string, Partial<FindAffectedManifestsResponse>]>([
  ['a verdict that nobody knows', { verdict: 'maybe' }],
  ['not affected, which is no answer', { verdict: 'not-affected' }],
  ['something that is no digest', { manifestHash: 'sha256:ab' }],
])('rejects %s', (_, fields) => {
  expect(readAffectedManifest(answer(fields), 'source')).toMatchObject({ ok: false, error: { ref: 7 } });
});
