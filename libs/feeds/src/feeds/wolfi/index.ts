import { type Advisory, ok, type Rejection, type Result } from '@clair/model';
import type { Feed, FeedOptions, FeedPlan, Partition } from '../../feed.ts';
import { urlOption } from '../../feed-options.ts';
import { parseSecdb, type SecdbDialect } from '../../secdb/index.ts';

const SECDB_URL = 'https://packages.wolfi.dev/os/security.json';
/** Far above what a million entries take, 25 MB. */
const DOCUMENT_BYTES_MAX = 100_000_000;

const DIALECT: SecdbDialect = { namespace: 'wolfi', database: "Wolfi's security database" };

/** Wolfi security database: one document, since the distribution is rolling and has no releases. */
export const wolfi = {
  id: 'wolfi',
  title: 'Wolfi security database',
  licence: 'Apache-2.0',
  homepage: 'https://github.com/wolfi-dev/advisories',
  optionKeys: ['url'],
  revision: 1,
  staleAfterHours: 24,
  plan: planWolfi,
  parse: parseWolfi,
} as const satisfies Feed;

function planWolfi(options: FeedOptions): Result<FeedPlan, string> {
  const url = urlOption(options, { feed: 'wolfi', key: 'url', fallback: SECDB_URL });
  if (!url.ok) return url;
  const request = { url: url.value, bytesMax: DOCUMENT_BYTES_MAX };
  return ok({ kind: 'partitions', partitions: [{ name: 'all', namespaces: [DIALECT.namespace], request }] });
}

function parseWolfi(
  _partition: Partition,
  document: AsyncIterable<Uint8Array>,
): AsyncIterable<Result<Advisory, Rejection>> {
  return parseSecdb(document, DIALECT, { reponame: 'os' });
}
