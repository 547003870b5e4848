import { type Advisory, ok, type Rejection, type Result } from '@clair/model';
import type { Feed, FeedOptions, FeedPlan, ParseAids, Partition } from '../../feed.ts';
import { urlOption } from '../../feed-options.ts';
import { ovalAdvisories } from '../../oval/index.ts';
import { oracleDialect } from './oracle-definition.ts';

const BASE_URL = 'https://linux.oracle.com/security/oval/';
/** A year was 5 MB as transferred and 150 MB as text in 2024. */
const DOCUMENT_BYTES_MAX = 1_000_000_000;

/** The first year with a document, and one so far ahead that nobody has to come back. A year without a document answers 404. */
const FIRST_YEAR = 2007;
const LAST_YEAR = 2045;
/** What a year's bulletins may be about: Oracle goes on publishing for a release for ten years and more. */
const NAMESPACES = ['5', '6', '7', '8', '9', '10'].map((major) => `ol:${major}`);

/** Oracle Linux: OVAL patch definitions of ELSA bulletins, one document a year. */
export const oracle = {
  id: 'oracle',
  title: 'Oracle Linux OVAL',
  licence: 'none stated; © Oracle, published for use with OVAL scanners',
  homepage: 'https://linux.oracle.com/security/oval/',
  optionKeys: ['url'],
  revision: 1,
  staleAfterHours: 72,
  plan: planOracle,
  parse: parseOracle,
} as const satisfies Feed;

function planOracle(options: FeedOptions): Result<FeedPlan, string> {
  const base = urlOption(options, { feed: 'oracle', key: 'url', fallback: BASE_URL });
  if (!base.ok) return base;
  const folder = base.value.endsWith('/') ? base.value : `${base.value}/`;
  const years = Array.from({ length: LAST_YEAR - FIRST_YEAR + 1 }, (_, i) => FIRST_YEAR + i);
  const partitions = years.map((year) => ({
    name: String(year),
    namespaces: NAMESPACES,
    request: { url: `${folder}com.oracle.elsa-${year}.xml.bz2`, bytesMax: DOCUMENT_BYTES_MAX, absentIsFine: true },
  }));
  return ok({ kind: 'partitions', partitions });
}

function parseOracle(
  _partition: Partition,
  document: AsyncIterable<Uint8Array>,
  aids?: ParseAids,
): AsyncIterable<Result<Advisory, Rejection>> {
  return ovalAdvisories(document, oracleDialect, aids?.scratch);
}
