import { type Digest, parseDigest } from '@clair/model';
import { ServiceError } from '@clair/service-kit';

/** Throws `ServiceError('invalid-argument')` for what is not a digest. */
export function manifestDigest(text: string): Digest {
  const digest = parseDigest(text);
  if (digest.ok) return digest.value;
  const shown = text.slice(0, 200);
  throw new ServiceError(
    'invalid-argument',
    digest.error.kind === 'unknown-digest-algorithm'
      ? `the digest algorithm of ${shown} is not known; sha256 and sha512 are`
      : `${shown} is not a digest`,
  );
}
