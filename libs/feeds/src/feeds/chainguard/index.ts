import { type Advisory, ok, type Rejection, type Result } from '@clair/model';
import type { Feed, FeedOptions, FeedPlan, Partition } from '../../feed.ts';
import { urlOption } from '../../feed-options.ts';
import { parseSecdb, type SecdbDialect } from '../../secdb/index.ts';

const SECDB_URL = 'https://packages.cgr.dev/chainguard/security.json';
/** Far above what a million entries take, 25 MB. */
const DOCUMENT_BYTES_MAX = 100_000_000;

const DIALECT: SecdbDialect = { namespace: 'chainguard', database: "Chainguard's security database" };

/** Chainguard security database: one document, since the distribution is rolling and has no releases. */
export const chainguard = {
  id: 'chainguard',
  title: 'Chainguard security database',
  licence: 'none stated; published for vulnerability scanners',
  homepage: 'https://github.com/chainguard-dev/vulnerability-scanner-support',
  optionKeys: ['url'],
  revision: 1,
  staleAfterHours: 24,
  plan: planChainguard,
  parse: parseChainguard,
} as const satisfies Feed;

function planChainguard(options: FeedOptions): Result<FeedPlan, string> {
  const url = urlOption(options, { feed: 'chainguard', key: 'url', fallback: SECDB_URL });
  if (!url.ok) return url;
  const request = { url: url.value, bytesMax: DOCUMENT_BYTES_MAX };
  return ok({ kind: 'partitions', partitions: [{ name: 'all', namespaces: [DIALECT.namespace], request }] });
}

function parseChainguard(
  _partition: Partition,
  document: AsyncIterable<Uint8Array>,
): AsyncIterable<Result<Advisory, Rejection>> {
  return parseSecdb(document, DIALECT, { reponame: 'chainguard' });
}
