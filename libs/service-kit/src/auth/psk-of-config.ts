import type { ClairConfig } from '../config/schema.ts';
import { intraserviceIssuer } from './psk.ts';

/** The keys and issuers of `auth.psk`, decoded. */
export interface PskAuth {
  /** Signs what we send. */
  readonly signingKey: Uint8Array;
  /** All that are accepted, the signing one first. */
  readonly keys: readonly Uint8Array[];
  /** The configured issuers and our own. */
  readonly issuers: readonly string[];
}

/** Nothing when the API is open to everybody, that is, when no `auth.psk` is configured. */
export function pskOfConfig({ auth: { psk } }: Pick<ClairConfig, 'auth'>): PskAuth | undefined {
  if (psk?.key === undefined) return undefined;
  const signingKey = Buffer.from(psk.key, 'base64');
  const others = (psk.keys ?? []).map((key) => Buffer.from(key, 'base64'));
  return { signingKey, keys: [signingKey, ...others], issuers: [intraserviceIssuer, ...psk.iss] };
}
