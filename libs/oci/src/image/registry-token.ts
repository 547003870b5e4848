import { err, ok, type Result } from '@clair/model';
import { guardedRequest, statusFailure } from '../http/guarded-request.ts';
import { readBody } from '../http/read-body.ts';
import { redactUrl } from '../http/redact-url.ts';
import type { AuthChallenge } from './auth-challenge.ts';
import { basicAuthorization, type Credentials } from './credentials.ts';
import { fromHttpFailure, type ImageError, imageError } from './image-error.ts';
import { isRecord, parseJson } from './json.ts';
import type { RegistryOptions } from './registry-client.ts';

const TOKEN_ANSWER_BYTES_MAX = 1024 * 1024;

/**
 * Trades credentials (or none) for a token with which `repository` may be pulled, at the realm that the registry names.
 * A token says nothing of what it allows: servers answer with an empty one too.
 * @see https://distribution.github.io/distribution/spec/auth/token/ and …/oauth/
 */
export async function fetchToken(
  challenge: AuthChallenge,
  credentials: Credentials | undefined,
  at: { readonly base: URL; readonly repository: string; readonly options: RegistryOptions },
): Promise<Result<string, ImageError>> {
  const { realm = '', service } = challenge.parameters;
  if (!URL.canParse(realm)) return err(imageError('malformed', `${at.base.host}: its token realm is no URL`));
  const url = new URL(realm);
  // A password must not leave a protected connection because the registry says so.
  if (url.protocol !== 'https:' && at.base.protocol === 'https:') {
    return err(imageError('bad-url', `${at.base.host}: its token realm ${redactUrl(url)} is not https`));
  }
  const scope = challenge.parameters.scope ?? `repository:${at.repository}:pull`;
  const form = new URLSearchParams(service === undefined ? { scope } : { service, scope });
  const request =
    credentials?.kind === 'identity-token'
      ? refreshRequest(url, form, credentials.token)
      : getRequest(url, form, credentials);
  const answer = await guardedRequest(request.url, {
    ...at.options.timing,
    guard: at.options.guard,
    signal: at.options.signal,
    bytesMax: TOKEN_ANSWER_BYTES_MAX,
    ...request.how,
  });
  if (!answer.ok) return err(fromHttpFailure(answer.error));
  if (answer.value.status !== 200) return err(fromHttpFailure(statusFailure(answer.value, Date.now())));
  const body = await readBody(answer.value);
  if (!body.ok) return err(fromHttpFailure(body.error));
  const token = readToken(parseJson(body.value));
  return token === undefined
    ? err(imageError('malformed', `${redactUrl(url)}: it answered without a token`))
    : ok(token);
}

interface TokenRequest {
  readonly url: string;
  readonly how: { readonly method: 'GET' | 'POST'; readonly headers: Record<string, string>; readonly body?: string };
}

function getRequest(realm: URL, form: URLSearchParams, credentials: Credentials | undefined): TokenRequest {
  const url = new URL(realm);
  for (const [name, value] of form) url.searchParams.set(name, value);
  const authorization =
    credentials?.kind === 'basic'
      ? { authorization: basicAuthorization(credentials.username, credentials.password) }
      : {};
  return { url: url.href, how: { method: 'GET', headers: { accept: 'application/json', ...authorization } } };
}

function refreshRequest(realm: URL, form: URLSearchParams, refreshToken: string): TokenRequest {
  const body = new URLSearchParams(form);
  body.set('grant_type', 'refresh_token');
  body.set('client_id', 'clair');
  body.set('refresh_token', refreshToken);
  const headers = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' };
  return { url: realm.href, how: { method: 'POST', headers, body: body.toString() } };
}

/** `token` and `access_token` mean the same; some servers send only one. What cannot stand in a header is no token. */
function readToken(document: unknown): string | undefined {
  if (!isRecord(document)) return undefined;
  const { token, access_token: accessToken } = document;
  const text = typeof token === 'string' && token !== '' ? token : accessToken;
  return typeof text === 'string' && /^[\x21-\x7e]+$/.test(text) ? text : undefined;
}
