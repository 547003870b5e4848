import type { Result } from '@clair/model';
import type { ImageError } from './image-error.ts';

/**
 * - `basic`: a user name and password (or a robot's token as password).
 * - `identity-token`: what `docker login` keeps for some registries; traded for an access token.
 * - `bearer`: sent as it is.
 */
export type Credentials =
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | { readonly kind: 'identity-token'; readonly token: string }
  | { readonly kind: 'bearer'; readonly token: string };

/** Finds the credentials for a repository; `undefined`: there are none, go on without. */
export type CredentialSource = (
  at: { readonly registry: string; readonly repository: string },
  signal: AbortSignal,
) => Promise<Result<Credentials | undefined, ImageError>>;

/** The value of an `Authorization: Basic` header. */
export function basicAuthorization(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
}
