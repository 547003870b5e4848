import { err, ok, type Result } from './result.ts';

declare const brand: unique symbol;

/** A content digest `<algorithm>:<lower-case hex>`, checked. Only {@link parseDigest} makes one. */
export type Digest = string & { readonly [brand]: 'Digest' };

export type DigestAlgorithm = 'sha256' | 'sha512';

export type DigestError =
  | { readonly kind: 'unknown-digest-algorithm'; readonly text: string }
  | { readonly kind: 'malformed-digest'; readonly text: string };

const HEX_LENGTH: Readonly<Record<DigestAlgorithm, number>> = { sha256: 64, sha512: 128 };

/**
 * Accepts what the OCI image specification registers: `sha256` and `sha512`, in lower-case hex.
 * @see https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests
 */
export function parseDigest(text: string): Result<Digest, DigestError> {
  const colon = text.indexOf(':');
  const algorithm = text.slice(0, Math.max(colon, 0));
  if (colon < 1) return err({ kind: 'malformed-digest', text });
  if (algorithm !== 'sha256' && algorithm !== 'sha512') return err({ kind: 'unknown-digest-algorithm', text });
  const hex = text.slice(colon + 1);
  if (hex.length !== HEX_LENGTH[algorithm] || !/^[0-9a-f]+$/.test(hex)) return err({ kind: 'malformed-digest', text });
  return ok(text as Digest); // Safety: the checks above are the definition.
}

/** The algorithm of a checked digest. */
export function digestAlgorithm(digest: Digest): DigestAlgorithm {
  return digest.startsWith('sha512:') ? 'sha512' : 'sha256';
}

/** The hex part of a checked digest. */
export function digestHex(digest: Digest): string {
  return digest.slice(digest.indexOf(':') + 1);
}
