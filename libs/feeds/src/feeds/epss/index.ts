import { type Enrichment, err, ok, type Rejection, type Result } from '@clair/model';
import { type Feed, type FeedOptions, type FeedPlan, MalformedDocument, type Partition } from '../../feed.ts';
import { urlOption } from '../../feed-options.ts';
import { shown } from '../../json-fields.ts';
import { decodeUtf8 } from '../../utf-8.ts';

/** 2 MB, compressed, and 10 MB inflated in 2026. */
const DOCUMENT_BYTES_MAX = 200_000_000;
const LINE_CHARS_MAX = 1_000;

/** FIRST's daily estimate of how likely each flaw is exploited in the next 30 days. */
export const epss = {
  id: 'epss',
  title: 'Exploit Prediction Scoring System',
  licence: 'free use with attribution to FIRST',
  homepage: 'https://www.first.org/epss/',
  optionKeys: ['url'],
  revision: 1,
  enriches: true,
  staleAfterHours: 72,
  plan: planEpss,
  parse: parseEpss,
} as const satisfies Feed;

function planEpss(options: FeedOptions): Result<FeedPlan, string> {
  const fallback = 'https://epss.empiricalsecurity.com/epss_scores-current.csv.gz';
  const url = urlOption(options, { feed: 'epss', key: 'url', fallback });
  if (!url.ok) return url;
  const request = { url: url.value, bytesMax: DOCUMENT_BYTES_MAX };
  return ok({ kind: 'partitions', partitions: [{ name: 'all', namespaces: [], request }] });
}

const MODEL = /^#model_version:[^,]*,score_date:(\d{4}-\d\d-\d\d)/;
const HEADER = 'cve,epss,percentile';
const ROW = /^(CVE-\d{4}-\d{4,19}),([01](?:\.\d{1,10})?(?:[eE]-\d{1,2})?),([01](?:\.\d{1,10})?(?:[eE]-\d{1,2})?)$/;

async function* parseEpss(
  _partition: Partition,
  document: AsyncIterable<Uint8Array>,
): AsyncIterable<Result<Enrichment, Rejection>> {
  let number = 0;
  let date = '';
  let isBegun = false;
  for await (const line of lines(document)) {
    number += 1;
    if (number === 1) date = MODEL.exec(line)?.[1] ?? '';
    if (line.startsWith('#') || line === '') continue;
    if (!isBegun) {
      if (line !== HEADER) throw new MalformedDocument(`line ${number} is not the header ${HEADER}: ${shown(line)}`);
      isBegun = true;
      continue;
    }
    const [, flaw = '', score = '', percentile = ''] = ROW.exec(line) ?? [];
    if (flaw === '' || Number(score) > 1 || Number(percentile) > 1)
      yield err({ at: `line ${number}`, reason: `it is no CVE with two numbers from 0 to 1: ${shown(line)}` });
    else yield ok({ key: flaw, flaw, facts: { epss: { score: Number(score), percentile: Number(percentile), date } } });
  }
  if (!isBegun) throw new MalformedDocument(`the document has no header ${HEADER}`);
}

/** Of ASCII text. A last line without an end is one that was cut off. */
async function* lines(document: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let rest = '';
  for await (const bytes of document) {
    const text = decodeUtf8([bytes]);
    if (text === undefined) throw new MalformedDocument('the document is not text');
    const parts = `${rest}${text}`.split('\n');
    rest = parts.pop() ?? '';
    if (rest.length > LINE_CHARS_MAX) throw new MalformedDocument(`a line is longer than ${LINE_CHARS_MAX} characters`);
    for (const part of parts) yield part.trimEnd();
  }
  if (rest !== '') throw new MalformedDocument(`the document is cut short: its last line is ${shown(rest)}`);
}
