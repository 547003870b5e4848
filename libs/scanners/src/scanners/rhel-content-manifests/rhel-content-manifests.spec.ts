import { describe, expect, it } from 'vitest';
import { textFile } from '../../testing/scanned-file.ts';
import { rhelContentManifests } from './index.ts';

function read(text: string) {
  return rhelContentManifests.read(textFile('root/buildinfo/content_manifests/x.json', text));
}

it.each([
  ['root/buildinfo/content_manifests/ubi9-container-9.4-1.json', true],
  ['usr/share/buildinfo/content_manifests/ubi9-container-9.4-1.json', true],
  ['usr/share/buildinfo/content-sets.json', true],
  ['usr/share/buildinfo/labels.json', false],
  ['root/buildinfo/labels.json', false],
  ['root/buildinfo/content_manifests/a/b.json', false],
  ['opt/root/buildinfo/content_manifests/x.json', false],
  ['root/buildinfo/content_manifests/x.txt', false],
])('wants %s: %s', (path, wanted) => expect(rhelContentManifests.wants(path)).toBe(wanted));

describe('a content manifest', () => {
  it('gives its content sets, each once', () => {
    const manifest = {
      metadata: { icm_version: 1, icm_spec: 'https://example.test/icm.json', image_layer_index: 2 },
      from_dnf_hint: true,
      content_sets: ['ubi-9-baseos-rpms', 'ubi-9-appstream-rpms', 'ubi-9-baseos-rpms'],
      image_contents: [{ purl: 'pkg:golang/example.test@1.0' }],
    };
    expect(read(JSON.stringify(manifest))).toEqual({
      ok: true,
      value: {
        packages: [],
        repositories: { contentSets: ['ubi-9-appstream-rpms', 'ubi-9-baseos-rpms'], cpes: [], origins: [] },
        problems: [],
      },
    });
  });

  it('keeps what reads, and says what does not', () => {
    const result = read('{"content_sets":["a",1,"","b\\u0000"]}');
    expect(result).toMatchObject({ ok: true, value: { repositories: { contentSets: ['a'] } } });
    expect(result.ok && result.value.problems).toHaveLength(3);
  });

  it('may be empty', () => {
    expect(read('{"content_sets":[]}')).toMatchObject({
      ok: true,
      value: { repositories: { contentSets: [] }, problems: [] },
    });
  });

  it.each(['', 'File replaced', '[]', 'null', '{}', '{"content_sets":"a"}', '{"content_sets":null}'])(
    'that is none costs itself: %j',
    (text) => expect(read(text)).toMatchObject({ ok: false, error: { kind: 'malformed' } }),
  );
});
