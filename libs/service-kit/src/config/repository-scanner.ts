import { durationMs, parseDuration } from './duration.ts';
import { isRecord } from './is-record.ts';
import type { ConfigProblem } from './problem.ts';
import type { ClairConfig } from './schema.ts';

/** Where the mapping of Red Hat's repositories to products comes from: Clair's `indexer.scanner.repo.rhel-repository-scanner`. */
export interface RepositoryScannerSettings {
  /** Absent: nothing is fetched. */
  readonly mappingUrl?: string;
  /** Used as long as nothing was fetched. */
  readonly mappingFile?: string;
  /** For one attempt to fetch it. */
  readonly timeoutMs: number;
}

/** The name under `indexer.scanner.repo`, of Clair. */
export const REPOSITORY_SCANNER = 'rhel-repository-scanner';
const MAPPING_URL = 'https://security.access.redhat.com/data/metrics/repository-to-cpe.json';
const TIMEOUT = '10s';
const KEYS = ['disable_api', 'repo2cpe_mapping_url', 'repo2cpe_mapping_file', 'timeout', 'api'];

/** The settings, defaults filled in. What is wrong in them is left out, and is among {@link repositoryScannerProblems}. */
export function repositoryScannerSettings(config: ClairConfig): RepositoryScannerSettings {
  const block = blockOf(config);
  const { repo2cpe_mapping_url: url, repo2cpe_mapping_file: file, timeout } = block;
  const mappingFile = typeof file === 'string' && file !== '' ? file : undefined;
  const given = typeof url === 'string' && url !== '' ? url : undefined;
  const mappingUrl = block.disable_api === true ? undefined : (given ?? (mappingFile ? undefined : MAPPING_URL));
  const isDuration = typeof timeout === 'string' && parseDuration(timeout).ok;
  return {
    ...(mappingUrl !== undefined && { mappingUrl }),
    ...(mappingFile !== undefined && { mappingFile }),
    timeoutMs: durationMs(isDuration ? timeout : TIMEOUT),
  };
}

/** What is wrong in the block, by key. */
export function repositoryScannerProblems(config: ClairConfig): ConfigProblem[] {
  const at = `indexer.scanner.repo.${REPOSITORY_SCANNER}`;
  const given = config.indexer.scanner.repo[REPOSITORY_SCANNER];
  if (given !== undefined && !isRecord(given)) return [{ at, message: 'must be a block of keys' }];
  const block = blockOf(config);
  const problems: ConfigProblem[] = Object.keys(block)
    .filter((key) => !KEYS.includes(key))
    .map((key) => ({ at: `${at}.${key}`, message: 'is not a known key' }));
  const check = (key: string, isRight: (value: unknown) => boolean, message: string): void => {
    if (block[key] !== undefined && !isRight(block[key])) problems.push({ at: `${at}.${key}`, message });
  };
  const isText = (value: unknown): value is string => typeof value === 'string';
  check('disable_api', (value) => typeof value === 'boolean', 'must be true or false');
  check('repo2cpe_mapping_file', isText, 'must be the path of a file');
  check(
    'repo2cpe_mapping_url',
    (value) => isText(value) && /^(?:https?:\/\/\S+)?$/.test(value),
    'must be an http or https URL',
  );
  check('timeout', (value) => isText(value) && parseDuration(value).ok, 'must be a duration such as 10s');
  return problems;
}

function blockOf(config: ClairConfig): Readonly<Record<string, unknown>> {
  const block = config.indexer.scanner.repo[REPOSITORY_SCANNER];
  return isRecord(block) ? block : {};
}
