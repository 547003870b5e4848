import { err, ok, type Result } from '@clair/model';
import { classifyAddress } from '../http/address-class.ts';
import type { AddressGuard } from '../http/address-guard.ts';
import { type HttpResponse, statusFailure } from '../http/guarded-request.ts';
import type { HttpFailure } from '../http/http-failure.ts';
import { readBody } from '../http/read-body.ts';
import { resumableRequest } from '../http/resumable-request.ts';
import { type AuthChallenge, parseChallenges } from './auth-challenge.ts';
import { basicAuthorization, type CredentialSource, type Credentials } from './credentials.ts';
import { fromHttpFailure, type ImageError } from './image-error.ts';
import { fetchToken } from './registry-token.ts';

export interface RegistryTiming {
  /** For one request, retries included. */
  readonly timeoutMs: number;
  readonly idleMs: number;
  /** Default 4. */
  readonly attemptsMax?: number;
}

export interface RegistryOptions {
  readonly guard: AddressGuard;
  readonly signal: AbortSignal;
  /** Without: anonymous. */
  readonly credentials: CredentialSource | undefined;
  /** Whether plain http may be used when https does not answer. A registry on loopback needs no permission. */
  readonly insecure: boolean;
  readonly timing: RegistryTiming;
}

/** What was answered, whole. */
export interface RegistryDocument {
  readonly bytes: Buffer;
  readonly contentType: string;
}

interface Question {
  readonly path: string;
  readonly accept: readonly string[];
  readonly bytesMax: number;
}

/** Docker Hub's API is not at the host that its references name. */
const HUB_HOST = 'registry-1.docker.io';

/**
 * Reads from one repository of a registry: finds out whether it speaks https or http, and how it wants to be asked
 * (anonymous, Basic, or a token), and remembers both.
 */
export class RegistryClient {
  readonly registry: string;
  readonly repository: string;
  readonly #options: RegistryOptions;
  #base: URL | undefined;
  #authorization: string | undefined;

  constructor(at: { readonly registry: string; readonly repository: string }, options: RegistryOptions) {
    this.registry = at.registry;
    this.repository = at.repository;
    this.#options = options;
  }

  /** A document below the repository: `manifests/TAG`, `blobs/DIGEST`. At most `bytesMax` bytes. */
  async get(
    path: string,
    { accept, bytesMax }: { readonly accept: readonly string[]; readonly bytesMax: number },
  ): Promise<Result<RegistryDocument, ImageError>> {
    const answer = await this.#ask(path, accept, bytesMax);
    if (!answer.ok) return answer;
    if (answer.value.status !== 200) return err(fromHttpFailure(statusFailure(answer.value, Date.now())));
    const body = await readBody(answer.value);
    if (!body.ok) return err(fromHttpFailure(body.error));
    return ok({ bytes: body.value, contentType: answer.value.headers['content-type'] ?? '' });
  }

  /** Where a blob is and what to send to get it; to be called after something was read, which settles both. */
  blob(digest: string): { readonly uri: string; readonly headers: Readonly<Record<string, readonly string[]>> } {
    const [base = httpsBase(this.registry)] = this.#bases();
    const headers = this.#authorization === undefined ? {} : { Authorization: [this.#authorization] };
    return { uri: this.#url(base, `blobs/${digest}`), headers };
  }

  async #ask(path: string, accept: readonly string[], bytesMax: number): Promise<Result<HttpResponse, ImageError>> {
    let failure: HttpFailure | undefined;
    for (const base of this.#bases()) {
      const answer = await this.#request(base, { path, accept, bytesMax });
      if (!answer.ok) {
        failure ??= answer.error;
        if (answer.error.kind === 'unreachable' || answer.error.kind === 'truncated') continue;
        break;
      }
      // What servers of https say to those who speak http to them.
      if (answer.value.status === 400 && base.protocol === 'http:' && base.href !== this.#bases().at(-1)?.href) {
        failure ??= statusFailure(answer.value, Date.now());
        continue;
      }
      this.#base = base;
      return answer.value.status === 401 ? this.#askAuthorized(answer.value, base, { path, accept, bytesMax }) : answer;
    }
    return err(
      fromHttpFailure(
        failure ?? { kind: 'unreachable', message: `${this.registry}: cannot be reached`, retryable: true },
      ),
    );
  }

  /** Answers the challenge of a 401 and asks once more; the 401 itself when it cannot be answered. */
  async #askAuthorized(
    refused: HttpResponse,
    base: URL,
    question: Question,
  ): Promise<Result<HttpResponse, ImageError>> {
    const authorized = await this.#authorize(base, parseChallenges(refused.headers['www-authenticate'] ?? ''));
    if (!authorized.ok) refused.close();
    if (!authorized.ok) return authorized;
    if (!authorized.value) return ok(refused);
    refused.close();
    const again = await this.#request(base, question);
    return again.ok ? again : err(fromHttpFailure(again.error));
  }

  #request(base: URL, { path, accept, bytesMax }: Question): Promise<Result<HttpResponse, HttpFailure>> {
    const { guard, signal, timing } = this.#options;
    // A refused connection is answered by the other scheme, not by waiting.
    const attemptsMax = this.#base === undefined && this.#bases().length > 1 ? 1 : timing.attemptsMax;
    return resumableRequest(this.#url(base, path), {
      ...timing,
      ...(attemptsMax === undefined ? {} : { attemptsMax }),
      guard,
      signal,
      bytesMax,
      headers: { accept: accept.join(', '), authorization: this.#authorization },
    });
  }

  /** False when nothing more can be said to the registry than was said already. */
  async #authorize(base: URL, challenges: readonly AuthChallenge[]): Promise<Result<boolean, ImageError>> {
    const found = await this.#credentials();
    if (!found.ok) return found;
    const credentials = found.value;
    const before = this.#authorization;
    if (credentials?.kind === 'bearer') {
      this.#authorization = `Bearer ${credentials.token}`;
      return ok(this.#authorization !== before);
    }
    const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
    if (bearer !== undefined) {
      const token = await fetchToken(bearer, credentials, {
        base,
        repository: this.repository,
        options: this.#options,
      });
      if (!token.ok) return token;
      this.#authorization = `Bearer ${token.value}`;
      return ok(true);
    }
    if (credentials?.kind !== 'basic' || !challenges.some(({ scheme }) => scheme === 'basic')) return ok(false);
    this.#authorization = basicAuthorization(credentials.username, credentials.password);
    return ok(this.#authorization !== before);
  }

  async #credentials(): Promise<Result<Credentials | undefined, ImageError>> {
    const { credentials, signal } = this.#options;
    if (credentials === undefined) return ok(undefined);
    return credentials({ registry: this.registry, repository: this.repository }, signal);
  }

  /** Where the API may be, the likeliest first; one once it answered. */
  #bases(): readonly URL[] {
    if (this.#base !== undefined) return [this.#base];
    const https = httpsBase(this.registry);
    const http = new URL(https.href.replace(/^https:/, 'http:'));
    if (isLoopbackHost(https.hostname)) return [http, https];
    return this.#options.insecure ? [https, http] : [https];
  }

  #url(base: URL, path: string): string {
    return new URL(`/v2/${this.repository}/${path}`, base).href;
  }
}

function httpsBase(registry: string): URL {
  return new URL(`https://${registry === 'docker.io' ? HUB_HOST : registry}/`);
}

function isLoopbackHost(hostname: string): boolean {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1');
  return bare === 'localhost' || bare.endsWith('.localhost') || classifyAddress(bare) === 'loopback';
}
