import { createLogger, readConfig } from '@clair/service-kit';
import type { Image, Registry } from '@clair/testing';
import { launch, type Running } from '../../launch.ts';
import { linesOfV1, linesOfV2, type ReportV1, type ReportV2 } from './report-lines.ts';

export interface ComboOptions {
  readonly connstring: string;
  /** By the feed's id: the configuration of its addresses. */
  readonly feeds: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  /** Of Red Hat's mapping of repositories to products; without it none is loaded. */
  readonly mappingUrl?: string;
  /** When the process believes that it starts: reports speak of ends of life. */
  readonly startsAt: string;
}

export interface ImageFindings {
  readonly packages: readonly string[];
  readonly findingsV1: readonly string[];
  readonly findingsV2: readonly string[];
  readonly coverage: { readonly verdict: string; readonly reasons: readonly string[] };
}

/** Clair in this process, all four services, spoken to over HTTP. */
export interface Combo {
  /** Runs every feed; its name and outcome, with what was wrong. */
  runFeeds(): Promise<Readonly<Record<string, string>>>;
  /** Rejected records by feed. */
  rejectedRecords(): Promise<Readonly<Record<string, number>>>;
  /** Indexes an image of the registry, and asks for its report in both forms. */
  findingsOf(image: Image, registry: Registry): Promise<ImageFindings>;
  /** The report of an image that was indexed, as it is answered. */
  report<T>(version: 'v1' | 'v2', image: Image, query?: string): Promise<T>;
  stop(): Promise<void>;
}

export async function startCombo(options: ComboOptions): Promise<Combo> {
  const offsetMs = Date.parse(options.startsAt) - Date.now();
  const clair = await launch({
    config: configOf(options),
    mode: 'combo',
    log: createLogger({ level: 'error', name: 'distributions' }),
    clock: () => Date.now() + offsetMs,
  });
  return {
    async runFeeds() {
      const { runs } = await post<FeedRuns>(clair, '/updater/api/v2/feeds/run', {});
      return Object.fromEntries(runs.map(({ feed, outcome, error }) => [feed, error === '' ? outcome : error]));
    },
    async rejectedRecords() {
      const { feeds } = await get<Feeds>(clair, '/matcher/api/v2/feeds');
      return Object.fromEntries(feeds.map(({ feed, rejected_records }) => [feed, rejected_records]));
    },
    async findingsOf(image, registry) {
      const hash = image.manifest.digest;
      const layers = image.layers.map(({ digest }) => ({ hash: digest, uri: registry.blobUrl(digest), headers: {} }));
      await post(clair, '/indexer/api/v1/index_report', { hash, layers });
      const v1 = await get<ReportV1>(clair, `/matcher/api/v1/vulnerability_report/${hash}`);
      const v2 = await get<ReportV2>(clair, `/matcher/api/v2/vulnerability_report/${hash}`);
      return {
        packages: v2.packages.map(({ name, arch, version }) => `${name}.${arch} ${version}`),
        findingsV1: linesOfV1(v1),
        findingsV2: linesOfV2(v2),
        coverage: { verdict: v2.coverage.verdict, reasons: v2.coverage.reasons },
      };
    },
    report: (version, { manifest }, query = '') =>
      get(clair, `/matcher/api/${version}/vulnerability_report/${manifest.digest}${query}`),
    stop: () => clair.stop(),
  };
}

interface FeedRuns {
  readonly runs: readonly { readonly feed: string; readonly outcome: string; readonly error: string }[];
}

interface Feeds {
  readonly feeds: readonly { readonly feed: string; readonly rejected_records: number }[];
}

function configOf({ connstring, feeds, mappingUrl }: ComboOptions) {
  const database = { connstring, migrations: true };
  const text = JSON.stringify({
    http_listen_addr: '127.0.0.1:0',
    introspection_addr: '127.0.0.1:0',
    grpc: { listen_addr: '127.0.0.1:0' },
    indexer: {
      ...database,
      ...(mappingUrl !== undefined && {
        scanner: { repo: { 'rhel-repository-scanner': { repo2cpe_mapping_url: mappingUrl } } },
      }),
    },
    matcher: database,
    updaters: { sets: [...feeds.keys()], config: Object.fromEntries(feeds) },
    updater: { ...database, schedule: false },
    notifier: { ...database, disable_summary: true },
  });
  const reading = readConfig([{ name: 'distributions.json', text }], { mode: 'combo' });
  if (reading.ok) return reading.value.config;
  throw new Error(JSON.stringify(reading.error));
}

async function get<T>(clair: Running, path: string): Promise<T> {
  return answerOf(await fetch(`http://127.0.0.1:${clair.httpPort}${path}`));
}

async function post<T>(clair: Running, path: string, body: unknown): Promise<T> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  return answerOf(await fetch(`http://127.0.0.1:${clair.httpPort}${path}`, init));
}

async function answerOf<T>(response: Response): Promise<T> {
  if (!response.ok) throw new Error(`${response.url}: ${response.status} ${await response.text()}`);
  // Safety: an answer of another shape makes the comparison with the expected one fail.
  return (await response.json()) as T;
}
