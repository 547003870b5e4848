import { type Advisory, ok, type Rejection, type Result } from '@clair/model';
import type { Feed, FeedOptions, FeedPlan, ParseAids, Partition } from '../../feed.ts';
import { urlOption } from '../../feed-options.ts';
import { ovalAdvisories } from '../../oval/index.ts';
import { knownPartitions, readListing } from './oval-listing.ts';
import { suseDialect } from './suse-definition.ts';

const INDEX_URL = 'https://ftp.suse.com/pub/projects/security/oval/';
/** The listing was 100 kB in 2025. */
const INDEX_BYTES_MAX = 20_000_000;

/** SUSE Linux Enterprise, SL Micro and openSUSE: OVAL by CVE, with what is not fixed and what is not affected. */
export const suse = {
  id: 'suse',
  title: 'SUSE and openSUSE OVAL',
  licence: 'CC-BY-4.0',
  homepage: 'https://www.suse.com/support/security/oval/',
  optionKeys: ['url'],
  revision: 1,
  staleAfterHours: 72,
  plan: planSuse,
  parse: parseSuse,
} as const satisfies Feed;

function planSuse(options: FeedOptions): Result<FeedPlan, string> {
  const url = urlOption(options, { feed: 'suse', key: 'url', fallback: INDEX_URL });
  if (!url.ok) return url;
  const folder = url.value.endsWith('/') ? url.value : `${url.value}/`;
  const index = {
    request: { url: folder, bytesMax: INDEX_BYTES_MAX },
    read: (_document: Uint8Array, text: string) => readListing(text, folder),
  };
  return ok({ kind: 'index', index, fallback: knownPartitions(folder) });
}

function parseSuse(
  _partition: Partition,
  document: AsyncIterable<Uint8Array>,
  aids?: ParseAids,
): AsyncIterable<Result<Advisory, Rejection>> {
  return ovalAdvisories(document, suseDialect, aids?.scratch);
}
