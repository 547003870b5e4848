import { parseCvss } from '@clair/cvss';
import { type Enrichment, err, type FlawScore, ok, type Rejection, type Result } from '@clair/model';
import type { Feed, FeedOptions, FeedPlan, Partition } from '../../feed.ts';
import { urlOption } from '../../feed-options.ts';
import { isJsonObject, type JsonObject, shown } from '../../json-fields.ts';
import { jsonItems } from '../../json-items.ts';

const FIRST_YEAR = 2002;
/** Years that are not there yet answer 404. */
const LAST_YEAR = 2040;
/** The largest year has 25 MB, compressed, and 230 MB inflated. */
const DOCUMENT_BYTES_MAX = 500_000_000;
const RECORD_BYTES_MAX = 10_000_000;
const FLAW = /^CVE-\d{4}-\d{4,19}$/;
const SCORES_MAX = 100;

/** NIST's scores (CVSS of every version, its own and those of the CNAs) and kinds of weakness, a document for each year. */
export const nvd = {
  id: 'nvd',
  title: 'National Vulnerability Database',
  licence: 'public domain',
  homepage: 'https://nvd.nist.gov/',
  optionKeys: ['url', 'feed_root'],
  revision: 1,
  enriches: true,
  staleAfterHours: 72,
  plan: planNvd,
  parse: parseNvd,
} as const satisfies Feed;

function planNvd(options: FeedOptions): Result<FeedPlan, string> {
  const key = options.url === undefined && options.feed_root !== undefined ? 'feed_root' : 'url';
  const url = urlOption(options, { feed: 'nvd', key, fallback: 'https://nvd.nist.gov/feeds/json/cve/2.0/' });
  if (!url.ok) return url;
  const base = url.value.endsWith('/') ? url.value : `${url.value}/`;
  const years = Array.from({ length: LAST_YEAR - FIRST_YEAR + 1 }, (_, index) => FIRST_YEAR + index);
  return ok({
    kind: 'partitions',
    partitions: years.map((year) => ({
      name: String(year),
      namespaces: [],
      request: { url: `${base}nvdcve-2.0-${year}.json.gz`, bytesMax: DOCUMENT_BYTES_MAX, absentIsFine: true },
    })),
  });
}

async function* parseNvd(
  _partition: Partition,
  document: AsyncIterable<Uint8Array>,
): AsyncIterable<Result<Enrichment, Rejection>> {
  let index = 0;
  for await (const item of jsonItems(document, { key: 'vulnerabilities', itemBytesMax: RECORD_BYTES_MAX })) {
    const read = item.ok ? readItem(item.value) : item;
    if (!read.ok) yield err({ at: `/vulnerabilities/${index}`, reason: read.error });
    else if (read.value !== undefined) yield ok(read.value);
    index += 1;
  }
}

/** `undefined` for a flaw of which nothing is said here: one that was rejected, or that waits for its analysis. */
function readItem(item: unknown): Result<Enrichment | undefined, string> {
  const cve = isJsonObject(item) ? item.cve : undefined;
  if (!isJsonObject(cve)) return err('it is no CVE record');
  const { id } = cve;
  if (typeof id !== 'string' || !FLAW.test(id)) return err(`its id is ${shown(id)}`);
  if (cve.vulnStatus === 'Rejected') return ok(undefined);
  const scores = scoresOf(isJsonObject(cve.metrics) ? cve.metrics : {});
  const weaknesses = weaknessesOf(cve.weaknesses);
  if (scores.length === 0 && weaknesses.length === 0) return ok(undefined);
  const facts = { ...(scores.length > 0 && { scores }), ...(weaknesses.length > 0 && { weaknesses }) };
  return ok({ key: id, flaw: id, facts });
}

const VERSIONS = ['cvssMetricV40', 'cvssMetricV31', 'cvssMetricV30', 'cvssMetricV2'] as const;

/** The newest version of CVSS first, and of each NIST's own score before those of others. Vectors that do not read are left out. */
function scoresOf(metrics: JsonObject): readonly FlawScore[] {
  const found = VERSIONS.flatMap((version) => {
    const list: readonly unknown[] = Array.isArray(metrics[version]) ? metrics[version] : [];
    const entries = list.filter(isJsonObject);
    return [...entries.filter(({ type }) => type === 'Primary'), ...entries.filter(({ type }) => type !== 'Primary')];
  });
  return found.slice(0, SCORES_MAX).flatMap(({ source, cvssData }) => {
    const vector = isJsonObject(cvssData) ? cvssData.vectorString : undefined;
    if (typeof vector !== 'string' || typeof source !== 'string' || !parseCvss(vector).ok) return [];
    return [{ source, vector }];
  });
}

function weaknessesOf(weaknesses: unknown): readonly string[] {
  const entries: readonly unknown[] = Array.isArray(weaknesses) ? weaknesses : [];
  const texts = entries.flatMap((entry) =>
    isJsonObject(entry) && Array.isArray(entry.description) ? entry.description.filter(isJsonObject) : [],
  );
  const ids = texts
    .map(({ value }) => value)
    .filter((value) => typeof value === 'string' && /^CWE-\d{1,6}$/.test(value));
  return [...new Set(ids.map(String))];
}
