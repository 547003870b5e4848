import { type Enrichment, err, ok, type Rejection, type Result } from '@clair/model';
import type { Feed, FeedOptions, FeedPlan, Partition } from '../../feed.ts';
import { urlOption } from '../../feed-options.ts';
import { isJsonObject, shown } from '../../json-fields.ts';
import { jsonItems } from '../../json-items.ts';

/** 1.5 MB in 2026. */
const DOCUMENT_BYTES_MAX = 100_000_000;
const RECORD_BYTES_MAX = 1_000_000;
const FLAW = /^CVE-\d{4}-\d{4,19}$/;
const DAY = /^\d{4}-\d\d-\d\d$/;

/** CISA's catalogue of flaws that are known to be exploited. */
export const kev = {
  id: 'kev',
  title: 'CISA Known Exploited Vulnerabilities',
  licence: 'CC0-1.0',
  homepage: 'https://www.cisa.gov/known-exploited-vulnerabilities-catalog',
  optionKeys: ['url'],
  revision: 1,
  enriches: true,
  staleAfterHours: 168,
  plan: planKev,
  parse: parseKev,
} as const satisfies Feed;

function planKev(options: FeedOptions): Result<FeedPlan, string> {
  const fallback = 'https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json';
  const url = urlOption(options, { feed: 'kev', key: 'url', fallback });
  if (!url.ok) return url;
  const request = { url: url.value, bytesMax: DOCUMENT_BYTES_MAX };
  return ok({ kind: 'partitions', partitions: [{ name: 'all', namespaces: [], request }] });
}

async function* parseKev(
  _partition: Partition,
  document: AsyncIterable<Uint8Array>,
): AsyncIterable<Result<Enrichment, Rejection>> {
  let index = 0;
  for await (const item of jsonItems(document, { key: 'vulnerabilities', itemBytesMax: RECORD_BYTES_MAX })) {
    const read = item.ok ? readEntry(item.value) : item;
    yield read.ok ? read : err({ at: `/vulnerabilities/${index}`, reason: read.error });
    index += 1;
  }
}

function readEntry(entry: unknown): Result<Enrichment, string> {
  if (!isJsonObject(entry)) return err('it is no object');
  const { cveID, dateAdded, dueDate, knownRansomwareCampaignUse, requiredAction } = entry;
  if (typeof cveID !== 'string' || !FLAW.test(cveID)) return err(`its cveID is ${shown(cveID)}`);
  if (typeof dateAdded !== 'string' || !DAY.test(dateAdded))
    return err(`${cveID}: its dateAdded is ${shown(dateAdded)}`);
  const exploited = {
    added: dateAdded,
    due: typeof dueDate === 'string' && DAY.test(dueDate) ? dueDate : '',
    ransomware: knownRansomwareCampaignUse === 'Known',
    action: typeof requiredAction === 'string' ? requiredAction.replaceAll('\0', '') : '',
  };
  return ok({ key: cveID, flaw: cveID, facts: { exploited } });
}
