import { describe, expect, it } from 'vitest';
import { formatReference, parseReference } from './image-reference.ts';

const DIGEST = `sha256:${'ab'.repeat(32)}`;

describe('what it reads', () => {
  it.each([
    ['debian', 'docker.io/library/debian:latest'],
    ['debian:12', 'docker.io/library/debian:12'],
    ['grafana/grafana', 'docker.io/grafana/grafana:latest'],
    ['docker.io/debian', 'docker.io/library/debian:latest'],
    ['index.docker.io/library/debian:12', 'docker.io/library/debian:12'],
    ['localhost/a', 'localhost/a:latest'],
    ['localhost:5000/a/b:c', 'localhost:5000/a/b:c'],
    ['127.0.0.1:5000/debian:bookworm', '127.0.0.1:5000/debian:bookworm'],
    ['[::1]:5000/a', '[::1]:5000/a:latest'],
    ['[::ffff:127.0.0.1]:5000/a', '[::ffff:127.0.0.1]:5000/a:latest'],
    ['registry.example.com/a__b/c-d.e:T_1.x-y', 'registry.example.com/a__b/c-d.e:T_1.x-y'],
    ['REGISTRY.example.com/a', 'registry.example.com/a:latest'],
    [`debian@${DIGEST}`, `docker.io/library/debian@${DIGEST}`],
    [`debian:12@${DIGEST}`, `docker.io/library/debian:12@${DIGEST}`],
    [`quay.io:443/a/b@${DIGEST}`, `quay.io:443/a/b@${DIGEST}`],
    ['docker://debian:12', 'docker.io/library/debian:12'],
    ['oci:/tmp/layout', 'oci:/tmp/layout'],
    ['oci:/tmp/layout:v1', 'oci:/tmp/layout:v1'],
    ['oci:C:/x/layout:v1', 'oci:C:/x/layout:v1'],
    ['oci:/tmp/a:b/layout', 'oci:/tmp/a:b/layout'],
    [`oci:/tmp/layout@${DIGEST}`, `oci:/tmp/layout@${DIGEST}`],
    ['docker-archive:a.tar', 'docker-archive:a.tar'],
    ['docker-archive:/x/a:b.tar:@1', 'docker-archive:/x/a:b.tar:@1'],
    ['dir:/', 'dir:/'],
    ['dir:./a b', 'dir:./a b'],
  ])('%s is %s', (text, formatted) => {
    const reference = parseReference(text);
    expect(reference.ok ? formatReference(reference.value) : reference.error).toBe(formatted);
    // And what it writes, it reads as the same.
    expect(parseReference(formatted)).toEqual(reference);
  });

  it('tells tag and digest of a layout apart', () => {
    expect(parseReference('oci:d:t')).toEqual({
      ok: true,
      value: { kind: 'oci-layout', directory: 'd', tag: 't', digest: undefined },
    });
    expect(parseReference(`oci:d@${DIGEST}`)).toEqual({
      ok: true,
      value: { kind: 'oci-layout', directory: 'd', tag: undefined, digest: DIGEST },
    });
  });
});

it.each([
  '',
  ':tag',
  'Debian',
  'a/B',
  'example.com/',
  'example.com/a//b',
  'a:',
  'a:b c',
  `a:${'t'.repeat(129)}`,
  'a@sha256:abc',
  `a@sha384:${'ab'.repeat(48)}`,
  'a..b',
  '-a',
  'exa_mple.com/a',
  'example.com:port/a',
  `example.com/${'a'.repeat(256)}`,
  'oci:',
  'docker-archive:',
  'dir:',
  'a\nb',
])('%j is no reference', (text) => {
  expect(parseReference(text)).toMatchObject({ ok: false, error: { kind: 'bad-reference' } });
});
