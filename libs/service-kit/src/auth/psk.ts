import { err, ok, type Result } from '@clair/model';
import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify, SignJWT } from 'jose';

/** The issuer of tokens that our services send to one another; accepted by each of them beside the configured ones. */
export const intraserviceIssuer = 'clair-intraservice';
/** The issuer of the token that goes with a webhook. */
export const webhookIssuer = 'clair-notifier';

const ALGORITHMS = ['HS256', 'HS384', 'HS512'];
const LEEWAY_SECONDS = 15;
const LIFETIME_SECONDS = 60;
const HEADER_CHARS_MAX = 8192;

/** Why a bearer token was refused; for the log, the caller is only told "no". */
export type BearerRefusal =
  | 'missing'
  | 'malformed'
  | 'wrong-algorithm'
  | 'bad-signature'
  | 'no-expiry'
  | 'expired'
  | 'not-yet-valid'
  | 'wrong-issuer';

export interface VerifyBearerOptions {
  /** Any of them may have signed: an old and a new one during rotation. */
  readonly keys: readonly Uint8Array[];
  readonly issuers: readonly string[];
  readonly nowMs: number;
}

/**
 * `ok` when `header` (the value of `Authorization`) is a bearer JWT signed with one of the keys by HS256, HS384 or
 * HS512, from one of the issuers, that has an expiry and is valid now, give or take 15 s. `nbf` and `iat` may be
 * absent, but not lie in the future.
 */
export async function verifyBearer(
  header: string | undefined,
  { keys, issuers, nowMs }: VerifyBearerOptions,
): Promise<Result<{ readonly issuer: string }, BearerRefusal>> {
  if (header === undefined || header === '') return err('missing');
  const token = header.length > HEADER_CHARS_MAX ? undefined : /^bearer +(\S+)$/i.exec(header.trim())?.[1];
  if (token === undefined) return err('malformed');
  const algorithm = algorithmOf(token);
  if (algorithm === undefined) return err('malformed');
  if (!ALGORITHMS.includes(algorithm)) return err('wrong-algorithm');
  for (const key of keys) {
    const verified = await verifyWith(key, token, { issuers, nowMs });
    if (verified.ok || verified.error !== 'bad-signature') return verified;
  }
  return err('bad-signature');
}

async function verifyWith(
  key: Uint8Array,
  token: string,
  { issuers, nowMs }: { issuers: readonly string[]; nowMs: number },
): Promise<Result<{ issuer: string }, BearerRefusal>> {
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: ALGORITHMS,
      issuer: [...issuers],
      clockTolerance: LEEWAY_SECONDS,
      currentDate: new Date(nowMs),
      requiredClaims: ['exp'],
    });
    return isFromTheFuture(payload, nowMs) ? err('not-yet-valid') : ok({ issuer: payload.iss ?? '' });
  } catch (error) {
    return err(refusalOf(error));
  }
}

function algorithmOf(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).alg;
  } catch {
    return undefined;
  }
}

function isFromTheFuture({ iat }: JWTPayload, nowMs: number): boolean {
  return iat !== undefined && iat > nowMs / 1000 + LEEWAY_SECONDS;
}

function refusalOf(error: unknown): BearerRefusal {
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'bad-signature';
  if (error instanceof errors.JWTExpired) return 'expired';
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'exp') return 'no-expiry';
    if (error.claim === 'iss') return 'wrong-issuer';
    if (error.claim === 'nbf') return 'not-yet-valid';
  }
  return 'malformed';
}

export interface MintTokenOptions {
  readonly key: Uint8Array;
  readonly issuer: string;
  readonly nowMs: number;
}

/** A JWT as Clair mints it: HS256, valid from a minute before `nowMs` to a minute after. */
export function mintToken({ key, issuer, nowMs }: MintTokenOptions): Promise<string> {
  const nowSeconds = Math.floor(nowMs / 1000);
  return new SignJWT()
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuer(issuer)
    .setIssuedAt(nowSeconds)
    .setNotBefore(nowSeconds - LIFETIME_SECONDS)
    .setExpirationTime(nowSeconds + LIFETIME_SECONDS)
    .sign(key);
}
