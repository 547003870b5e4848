import { describe, expect, it } from 'vitest';
import { parseManifest } from './manifest.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const layer = (fields: object = {}) => ({ hash: DIGEST, uri: 'https://registry.example/blob', headers: [], ...fields });
const manifest = (fields: object = {}) => ({ hash: DIGEST, layers: [layer()], ...fields });
const withLayer = (fields: object) => manifest({ layers: [layer(), layer(fields)] });
const header = (name: string, value: string) => withLayer({ headers: [{ name, values: [value] }] });

describe('a good manifest', () => {
  it('keeps layers in order, and a digest that comes twice', () => {
    const other = `sha512:${'b'.repeat(128)}`;
    const layers = [layer(), layer({ hash: other }), layer()];
    const parsed = parseManifest(manifest({ layers }));
    expect(parsed.ok && parsed.value.layers.map(({ digest }) => digest)).toEqual([DIGEST, other, DIGEST]);
  });

  it('joins the values of a header that comes twice in another spelling', () => {
    const headers = [
      { name: 'X-Token', values: ['a'] },
      { name: 'x-token', values: ['b'] },
    ];
    const parsed = parseManifest(manifest({ layers: [layer({ headers })] }));
    expect(parsed.ok && parsed.value.layers[0]?.headers).toEqual({ 'x-token': ['a', 'b'] });
  });

  it('may have a thousand layers', () => {
    expect(parseManifest(manifest({ layers: Array.from({ length: 1000 }, () => layer()) })).ok).toBe(true);
  });
});

it.each([
  ['no hash', manifest({ hash: '' }), /^hash: "" is not a digest/],
  ['a hash that is a tag', manifest({ hash: 'latest' }), /^hash: "latest" is not a digest/],
  ['an unknown algorithm', manifest({ hash: `md5:${'0'.repeat(32)}` }), /^hash: unknown digest algorithm in "md5:0/],
  [
    'an algorithm of the schema’s example',
    manifest({ hash: `blake3:${'0'.repeat(64)}` }),
    /sha256 and sha512 are known/,
  ],
  ['a short digest', manifest({ hash: 'sha256:abc' }), /is not a digest/],
  ['upper-case hex', manifest({ hash: DIGEST.toUpperCase().replace('SHA256', 'sha256') }), /is not a digest/],
  ['no layers', manifest({ layers: [] }), /^layers: empty/],
  [
    'too many layers',
    manifest({ layers: Array.from({ length: 1001 }, () => layer()) }),
    /^layers: 1001, more than 1000/,
  ],
  ['a bad layer digest', withLayer({ hash: 'x' }), /^layers\[1\]\.hash: "x"/],
  ['a layer of an unknown algorithm', withLayer({ hash: 'md5:00' }), /^layers\[1\]\.hash: unknown digest algorithm/],
  ['no URL', withLayer({ uri: '' }), /^layers\[1\]\.uri: /],
  ['a relative URL', withLayer({ uri: '/blob' }), /^layers\[1\]\.uri: /],
  ['a file URL', withLayer({ uri: 'file:///etc/passwd' }), /^layers\[1\]\.uri: must be http or https/],
  ['an ftp URL', withLayer({ uri: 'ftp://example.org/x' }), /^layers\[1\]\.uri: must be http or https/],
  ['a data URL', withLayer({ uri: 'data:,x' }), /^layers\[1\]\.uri: must be http or https/],
  [
    'credentials in the URL',
    withLayer({ uri: 'https://u:secret@example.org/' }),
    /^layers\[1\]\.uri: must not hold cred/,
  ],
  ['a header name with a space', header('a b', 'x'), /^layers\[1\]\.headers\[0\]\.name/],
  ['a header that writes a header', header('a', 'x\r\nhost: y'), /^layers\[1\]\.headers\[0\]\.values/],
])('refuses %s', (_, input, message) => {
  const parsed = parseManifest(input);
  expect(parsed.ok).toBe(false);
  const text = parsed.ok ? '' : parsed.error;
  expect(text).toMatch(message);
  expect(text).not.toContain('secret');
});
