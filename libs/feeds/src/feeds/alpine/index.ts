import { type Advisory, ok, type Rejection, type Result } from '@clair/model';
import type { Feed, FeedOptions, FeedPlan, Partition } from '../../feed.ts';
import { urlOption } from '../../feed-options.ts';
import { parseSecdb, type SecdbDialect } from '../../secdb/index.ts';
import { branchesOfListing, FALLBACK_BRANCHES, partitionsOfBranches } from './branches.ts';

const URL = 'https://secdb.alpinelinux.org/';
const LISTING_BYTES_MAX = 1_000_000;

/** Alpine's security database: which package version fixed which vulnerability, a document for each repository of each branch. */
export const alpine = {
  id: 'alpine',
  title: 'Alpine Linux security database',
  licence: 'CC-BY-SA-4.0',
  homepage: 'https://secdb.alpinelinux.org/',
  optionKeys: ['url'],
  revision: 1,
  staleAfterHours: 24,
  plan: planAlpine,
  parse: parseAlpine,
} as const satisfies Feed;

function planAlpine(options: FeedOptions): Result<FeedPlan, string> {
  const url = urlOption(options, { feed: 'alpine', key: 'url', fallback: URL });
  if (!url.ok) return url;
  const base = url.value.endsWith('/') ? url.value : `${url.value}/`;
  return ok({
    kind: 'index',
    index: {
      request: { url: base, bytesMax: LISTING_BYTES_MAX },
      read: (_document, text) => {
        const branches = branchesOfListing(text);
        if (!branches.ok) return branches;
        return ok({ kind: 'partitions', partitions: partitionsOfBranches(base, branches.value) });
      },
    },
    fallback: partitionsOfBranches(base, FALLBACK_BRANCHES),
  });
}

function parseAlpine(
  partition: Partition,
  document: AsyncIterable<Uint8Array>,
): AsyncIterable<Result<Advisory, Rejection>> {
  const [branch = '', repository = ''] = partition.name.split('/');
  const dialect: SecdbDialect = {
    namespace: `alpine:${branch}`,
    database: "Alpine's security database",
    cvePage: (cve) => `https://security.alpinelinux.org/vuln/${cve}`,
  };
  return parseSecdb(document, dialect, { distroversion: branch, reponame: repository });
}
