import { describe, expect, it } from 'vitest';
import { digestAlgorithm, digestHex, parseDigest } from './digest.ts';

const HEX = '0123456789abcdef';
const SHA256 = `sha256:${HEX.repeat(4)}`;
const SHA512 = `sha512:${HEX.repeat(8)}`;

describe('parseDigest', () => {
  it.each([
    [SHA256, 'sha256', HEX.repeat(4)],
    [SHA512, 'sha512', HEX.repeat(8)],
  ])('takes %s', (text, algorithm, hex) => {
    const digest = parseDigest(text);
    if (!digest.ok) throw new Error(digest.error.kind);
    expect(digest.value).toBe(text);
    expect(digestAlgorithm(digest.value)).toBe(algorithm);
    expect(digestHex(digest.value)).toBe(hex);
  });

  it.each([
    ['', 'malformed-digest'],
    [HEX.repeat(4), 'malformed-digest'],
    [`:${HEX.repeat(4)}`, 'malformed-digest'],
    ['sha256:', 'malformed-digest'],
    [`sha256:${HEX}`, 'malformed-digest'],
    [SHA256.toUpperCase(), 'unknown-digest-algorithm'],
    [`sha256:${HEX.repeat(4).toUpperCase()}`, 'malformed-digest'],
    [`${SHA256}\n`, 'malformed-digest'],
    [` ${SHA256}`, 'unknown-digest-algorithm'],
    [`sha256:${HEX.repeat(8)}`, 'malformed-digest'],
    [`sha512:${HEX.repeat(4)}`, 'malformed-digest'],
    [`md5:${HEX.repeat(2)}`, 'unknown-digest-algorithm'],
  ])('refuses %j', (text, kind) => expect(parseDigest(text)).toEqual({ ok: false, error: { kind, text } }));
});
