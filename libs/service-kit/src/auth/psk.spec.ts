import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { intraserviceIssuer, mintToken, verifyBearer } from './psk.ts';

const NOW_MS = Date.UTC(2026, 0, 1);
const NOW_SECONDS = NOW_MS / 1000;
const KEY = Buffer.from('the key');
const OLD_KEY = Buffer.from('the old key');
const OPTIONS = { keys: [KEY, OLD_KEY], issuers: ['quay', intraserviceIssuer], nowMs: NOW_MS };

interface TokenParts {
  readonly alg?: string;
  readonly key?: Uint8Array;
  readonly claims?: Record<string, unknown>;
}

/** A good token, but for what is said. A claim of `undefined` is left out. */
async function bearer({ alg = 'HS256', key = KEY, claims = {} }: TokenParts = {}): Promise<string> {
  const all = { iss: 'quay', iat: NOW_SECONDS, nbf: NOW_SECONDS - 60, exp: NOW_SECONDS + 60, ...claims };
  const present = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  return `Bearer ${await new SignJWT(present).setProtectedHeader({ alg }).sign(key)}`;
}

function unsigned(header: object, signature = ''): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  return `Bearer ${encode(header)}.${encode({ iss: 'quay', exp: NOW_SECONDS + 60 })}.${signature}`;
}

describe('verifyBearer', () => {
  it.each<[string, TokenParts]>([
    ['HS256', {}],
    ['HS384', { alg: 'HS384' }],
    ['HS512', { alg: 'HS512' }],
    ['the older key', { key: OLD_KEY }],
    ['another of our services', { claims: { iss: intraserviceIssuer } }],
    ['expired less than the leeway ago', { claims: { exp: NOW_SECONDS - 14 } }],
    ['valid within the leeway', { claims: { nbf: NOW_SECONDS + 14, iat: NOW_SECONDS + 14 } }],
    ['neither nbf nor iat', { claims: { nbf: undefined, iat: undefined } }],
  ])('lets in: %s', async (_name, parts) => {
    const verified = await verifyBearer(await bearer(parts), OPTIONS);
    expect(verified).toEqual({ ok: true, value: { issuer: parts.claims?.iss ?? 'quay' } });
  });

  it.each<[string, TokenParts, string]>([
    ['expired', { claims: { exp: NOW_SECONDS - 16 } }, 'expired'],
    ['without expiry', { claims: { exp: undefined } }, 'no-expiry'],
    ['not yet valid', { claims: { nbf: NOW_SECONDS + 16 } }, 'not-yet-valid'],
    ['issued in the future', { claims: { iat: NOW_SECONDS + 16 } }, 'not-yet-valid'],
    ['of another issuer', { claims: { iss: 'mallory' } }, 'wrong-issuer'],
    ['without issuer', { claims: { iss: undefined } }, 'wrong-issuer'],
    ['of another key', { key: Buffer.from('guess') }, 'bad-signature'],
    ['with an expiry that is text', { claims: { exp: 'tomorrow' } }, 'no-expiry'],
  ])('keeps out: %s', async (_name, parts, refusal) => {
    expect(await verifyBearer(await bearer(parts), OPTIONS)).toEqual({ ok: false, error: refusal });
  });

  it.each<[string, string | undefined, string]>([
    ['nothing', undefined, 'missing'],
    ['empty', '', 'missing'],
    ['another scheme', 'Basic dTpw', 'malformed'],
    ['no token', 'Bearer ', 'malformed'],
    ['no JWT', 'Bearer abc', 'malformed'],
    ['algorithm none', unsigned({ alg: 'none' }), 'wrong-algorithm'],
    ['an asymmetric algorithm', unsigned({ alg: 'RS256' }, 'AAAA'), 'wrong-algorithm'],
    ['no algorithm', unsigned({ typ: 'JWT' }, 'AAAA'), 'malformed'],
    ['an empty signature', unsigned({ alg: 'HS256' }), 'bad-signature'],
    ['a header of 9 KiB', `Bearer ${'a'.repeat(9000)}`, 'malformed'],
  ])('keeps out: %s', async (_name, header, refusal) => {
    expect(await verifyBearer(header, OPTIONS)).toEqual({ ok: false, error: refusal });
  });

  it('takes the scheme in any case', async () => {
    const header = (await bearer()).replace('Bearer', 'bearer');
    expect((await verifyBearer(header, OPTIONS)).ok).toBe(true);
  });

  it('lets nobody in without keys', async () => {
    expect((await verifyBearer(await bearer(), { ...OPTIONS, keys: [] })).ok).toBe(false);
  });
});

describe('mintToken', () => {
  it('makes a token that lives a minute', async () => {
    const header = `Bearer ${await mintToken({ key: KEY, issuer: 'quay', nowMs: NOW_MS })}`;
    expect((await verifyBearer(header, OPTIONS)).ok).toBe(true);
    expect((await verifyBearer(header, { ...OPTIONS, nowMs: NOW_MS + 74_000 })).ok).toBe(true);
    expect((await verifyBearer(header, { ...OPTIONS, nowMs: NOW_MS + 76_000 })).ok).toBe(false);
  });
});
