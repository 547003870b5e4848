import { createHash } from 'node:crypto';
import { canonicalJson } from '@clair/contracts';

/** sha256, in hex, of the value's canonical JSON: equal values have equal hashes in every process. */
export function contentHash(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}
