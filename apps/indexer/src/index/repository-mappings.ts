import { readFile, stat } from 'node:fs/promises';
import { err, ok, type Result } from '@clair/model';
import { type AddressGuard, guardedRequest, readBody, redactUrl } from '@clair/oci';
import { parseRepositoryMapping, type RepositoryMapping } from '@clair/scanners';
import type { Logger, RepositoryScannerSettings } from '@clair/service-kit';

export interface RepositoryMappingsDeps {
  readonly settings: RepositoryScannerSettings;
  readonly guard: AddressGuard;
  readonly log: Logger;
  readonly clock: () => number;
}

/** 4 MB in 2026. */
const DOCUMENT_BYTES_MAX = 100_000_000;
const REFRESH_MS = 24 * 60 * 60_000;
const RETRY_MS = 5 * 60_000;

/**
 * The mapping of Red Hat's repositories to products: fetched when the first image needs it, and then once a day, if it has
 * changed. An image waits for the first attempt only, which is bounded; without a mapping it is told that there is none.
 */
export class RepositoryMappings {
  readonly #deps: RepositoryMappingsDeps;
  readonly #stopping = new AbortController();
  #mapping: RepositoryMapping | undefined;
  #validators: { readonly etag?: string; readonly lastModified?: string } = {};
  #nextAttemptMs = 0;
  #attempt: Promise<void> | undefined;

  constructor(deps: RepositoryMappingsDeps) {
    this.#deps = deps;
  }

  /** The newest mapping that could be had; `undefined` when none could. Never rejects. */
  async current(): Promise<RepositoryMapping | undefined> {
    if (this.#attempt === undefined && this.#deps.clock() >= this.#nextAttemptMs) {
      this.#attempt = this.#refresh().finally(() => {
        this.#attempt = undefined;
      });
    }
    if (this.#mapping === undefined) await this.#attempt;
    return this.#mapping;
  }

  stop(): void {
    this.#stopping.abort();
  }

  async #refresh(): Promise<void> {
    const { settings, clock, log } = this.#deps;
    try {
      if (this.#mapping === undefined && settings.mappingFile !== undefined) {
        this.#mapping = await this.#loaded(settings.mappingFile, () => readMappingFile(settings.mappingFile ?? ''));
      }
      const { mappingUrl } = settings;
      const fetched =
        mappingUrl === undefined ? undefined : await this.#loaded(redactUrl(mappingUrl), () => this.#fetch(mappingUrl));
      this.#mapping = fetched ?? this.#mapping;
      const isSettled = mappingUrl === undefined ? this.#mapping !== undefined : fetched !== undefined;
      this.#nextAttemptMs = clock() + (isSettled ? REFRESH_MS : RETRY_MS);
    } catch (error) {
      this.#nextAttemptMs = clock() + RETRY_MS;
      if (!this.#stopping.signal.aborted) log.warn({ err: error }, 'repository mapping not loaded');
    }
  }

  async #loaded(
    source: string,
    load: () => Promise<Result<RepositoryMapping | undefined, string>>,
  ): Promise<RepositoryMapping | undefined> {
    const { log } = this.#deps;
    const mapping = await load();
    if (mapping.ok) log.info({ source }, 'repository mapping loaded');
    else log.warn({ source, reason: mapping.error }, 'repository mapping not loaded');
    return mapping.ok ? mapping.value : undefined;
  }

  /** The mapping there, or the one that is held when it has not changed since. */
  async #fetch(url: string): Promise<Result<RepositoryMapping | undefined, string>> {
    const { settings, guard } = this.#deps;
    const response = await guardedRequest(url, {
      guard,
      signal: this.#stopping.signal,
      bytesMax: DOCUMENT_BYTES_MAX,
      timeoutMs: settings.timeoutMs,
      idleMs: settings.timeoutMs,
      conditional: this.#validators,
    });
    if (!response.ok) return err(response.error.message);
    const { status, headers } = response.value;
    if (status !== 200) {
      response.value.close();
      return status === 304 ? ok(this.#mapping) : err(`status ${status}`);
    }
    const body = await readBody(response.value);
    if (!body.ok) return err(body.error.message);
    const mapping = parseRepositoryMapping(body.value.toString('utf8'));
    if (!mapping.ok) return mapping;
    const { etag, 'last-modified': lastModified } = headers;
    this.#validators = { ...(etag !== undefined && { etag }), ...(lastModified !== undefined && { lastModified }) };
    return mapping;
  }
}

async function readMappingFile(path: string): Promise<Result<RepositoryMapping, string>> {
  try {
    if ((await stat(path)).size > DOCUMENT_BYTES_MAX) return err(`larger than ${DOCUMENT_BYTES_MAX} bytes`);
    return parseRepositoryMapping(await readFile(path, 'utf8'));
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
}
