import { createGuard, guardedRequest, type HttpFailure, readBody } from '@clair/oci';
import type { FeedStatusV2, SbomReportV2, VulnerabilityReportV2 } from './api-shapes.ts';

/** What went wrong, in a sentence for the person at the terminal. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

export interface ManifestV1 {
  readonly hash: string;
  readonly layers: readonly {
    readonly hash: string;
    readonly uri: string;
    readonly headers: Readonly<Record<string, readonly string[]>>;
  }[];
  /** What whoever is told of the image may want to know or to filter by. */
  readonly labels?: Readonly<Record<string, string>>;
}

export interface ApiOptions {
  /** `http://localhost:6060/`. */
  readonly host: string;
  /** Makes a bearer token, when the service wants one. */
  readonly token?: () => Promise<string>;
  /** Whom the token names as its maker; said when it is refused. */
  readonly issuer?: string;
  /** Ends the request under way. */
  readonly signal?: AbortSignal;
}

/**
 * An index request and a run of feeds are answered when they are done, which takes a large image or a slow source longer
 * than the five minutes after which `fetch` gives up. Who waits has a Ctrl-C.
 */
const PATIENCE = { timeoutMs: 24 * 3_600_000, idleMs: 24 * 3_600_000, bytesMax: 1024 ** 3 } as const;
const NOT_THERE: ReadonlySet<number> = new Set([404, 405, 501]);
const IS_IT_CLAIR = 'is this a Clair with all services (a gateway)?';
const NEVER = new AbortController().signal;

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly etag: string | undefined;
}

/** The HTTP API of a Clair service, as far as the commands need it. Everything rejects with {@link CommandError}. */
export class ClairApi {
  readonly #options: ApiOptions;
  /** Whom the person at the terminal names is theirs to ask. */
  readonly #guard = createGuard({ allowPrivate: true, allowLoopback: true });

  constructor(options: ApiOptions) {
    this.#options = options;
  }

  /** Indexes the manifest unless the service has a current report of it. Rejects with the service's reason. */
  async index(manifest: ManifestV1): Promise<void> {
    const known = await this.#request('GET', `/indexer/api/v1/index_report/${manifest.hash}`);
    const state = await this.#request('GET', '/indexer/api/v1/index_state');
    const isKnown = known.status === 200 && stateOf(known.body) === 'IndexFinished' && known.etag === state.etag;
    if (isKnown && manifest.labels === undefined) return;
    const answer = await this.#request('POST', '/indexer/api/v1/index_report', manifest);
    if (answer.status !== 201) throw this.#refused('the image was not indexed', answer);
  }

  /** Rejects when there is no report, or when the service has no advisories yet. */
  async report(digest: string): Promise<VulnerabilityReportV2> {
    const answer = await this.#request('GET', `/matcher/api/v2/vulnerability_report/${digest}`);
    if (answer.status === 202) throw nothingLoaded();
    if (answer.status !== 200) throw this.#refused('there is no report', answer);
    return answer.body as VulnerabilityReportV2; // Safety: the service checks its answers against this very schema.
  }

  /** Of a document that is JSON. Rejects with what the service finds wrong with it. */
  async sbomReport(document: unknown): Promise<SbomReportV2> {
    const answer = await this.#request('POST', '/matcher/api/v2/sbom_report', document);
    if (answer.status === 202) throw nothingLoaded();
    if (answer.status !== 200) throw this.#refused('there is no report', answer);
    return answer.body as SbomReportV2; // Safety: as above.
  }

  /** Clair's own report, as its other clients get it. */
  async reportV1(digest: string): Promise<unknown> {
    const answer = await this.#request('GET', `/matcher/api/v1/vulnerability_report/${digest}`);
    if (answer.status !== 200) throw this.#refused('there is no report', answer);
    return answer.body;
  }

  /** Resolves to the digests that were there. */
  async delete(digests: readonly string[]): Promise<string[]> {
    const answer = await this.#request('DELETE', '/indexer/api/v1/index_report', digests);
    if (answer.status !== 200) throw this.#refused('nothing was deleted', answer);
    return Array.isArray(answer.body) ? answer.body.map(String) : [];
  }

  async feeds(): Promise<readonly FeedStatusV2[]> {
    const answer = await this.#request('GET', '/updater/api/v2/feeds');
    if (answer.status !== 200) throw this.#refused('the feeds are not known', answer);
    return (answer.body as { feeds: FeedStatusV2[] }).feeds; // Safety: as above.
  }

  async runFeeds(
    feeds: readonly string[],
    force: boolean,
  ): Promise<readonly { feed: string; outcome: string; error: string }[]> {
    const answer = await this.#request('POST', '/updater/api/v2/feeds/run', { feeds, force });
    if (answer.status !== 200) throw this.#refused('the feeds did not run', answer);
    return (answer.body as { runs: { feed: string; outcome: string; error: string }[] }).runs; // Safety: as above.
  }

  /** The body of a successful answer; `failed` begins the sentence of what it rejects with. */
  async call(
    method: Method,
    path: string,
    { failed, body }: { readonly failed: string; readonly body?: unknown },
  ): Promise<unknown> {
    const answer = await this.#request(method, path, body);
    if (answer.status < 200 || answer.status > 299) throw this.#refused(failed, answer);
    return answer.body;
  }

  #refused(what: string, { status, body }: Answer): CommandError {
    const message = Reflect.get(Object(body), 'message');
    if (status === 401) return new CommandError(`${what}: ${this.#unauthorized()}`);
    const said = typeof message === 'string' ? message : `the service answered ${status}`;
    // A single service of Clair answers so about the paths of another, and so do servers that are no Clair.
    const isElsewhere =
      NOT_THERE.has(status) && (typeof message !== 'string' || message.includes('nothing at this path'));
    return new CommandError(`${what}: ${said}${isElsewhere ? `; ${IS_IT_CLAIR}` : ''}`);
  }

  #unauthorized(): string {
    if (this.#options.token === undefined)
      return 'the service wants a token; give the config with its auth.psk (-c FILE)';
    const issuer = this.#options.issuer ?? '';
    return `the service refused our token, of the issuer ${JSON.stringify(issuer)}; its auth.psk needs the same key, and iss needs that name (--issuer)`;
  }

  async #request(method: Method, path: string, body?: unknown): Promise<Answer> {
    const token = await this.#options.token?.();
    const url = new URL(path, this.#options.host);
    const response = await guardedRequest(url.href, {
      ...PATIENCE,
      guard: this.#guard,
      signal: this.#options.signal ?? NEVER,
      method,
      headers: {
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw silent(url, response.error);
    const bytes = await readBody(response.value);
    if (!bytes.ok) throw silent(url, bytes.error);
    const { status } = response.value;
    const text = bytes.value.toString('utf8');
    const answer = parse(text);
    if (status < 300 && text !== '' && answer === undefined)
      throw new CommandError(`${url.origin} answers something other than JSON; ${IS_IT_CLAIR}`);
    return {
      status,
      body: answer,
      etag: response.value.headers.etag,
    };
  }
}

function nothingLoaded(): CommandError {
  return new CommandError('the service has no advisories yet; run its feeds (clairctl feeds --run) or import a bundle');
}

function stateOf(body: unknown): unknown {
  return Reflect.get(Object(body), 'state');
}

function parse(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function silent(url: URL, { message }: HttpFailure): CommandError {
  const reason = message.startsWith(`${url.href}: `) ? message.slice(url.href.length + 2) : message;
  return new CommandError(`${url.origin} does not answer: ${reason}`);
}
