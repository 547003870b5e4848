import { type Advisory, ok, type Rejection, type Result } from '@clair/model';
import { type Feed, type FeedOptions, type FeedPlan, MalformedDocument, type Partition } from '../../feed.ts';
import { urlOption } from '../../feed-options.ts';
import { isJsonObject } from '../../json-fields.ts';
import { decodeUtf8 } from '../../utf-8.ts';
import { archivePartition, readArchiveName } from './archive.ts';
import { readVexDocument } from './vex-document.ts';

const VEX_URL = 'https://security.access.redhat.com/data/csaf/v2/vex/';
/** One line with a file name. */
const INDEX_BYTES_MAX = 10_000;

/**
 * Red Hat's VEX documents: per CVE, what each product's rpm packages are: fixed, affected, not affected, or not yet decided.
 * One archive of all; then the documents that changed.
 */
export const rhelVex = {
  id: 'rhel-vex',
  title: 'Red Hat CSAF VEX',
  licence: 'CC-BY-4.0',
  homepage: 'https://security.access.redhat.com/data/csaf/v2/vex/',
  optionKeys: ['url'],
  unusedOptionKeys: ['compressed_file_timeout', 'ignore_kernel_packages', 'fixed_in_version_cel'],
  revision: 2,
  staleAfterHours: 24,
  plan: planVex,
  parse: parseVex,
} as const satisfies Feed;

function planVex(options: FeedOptions): Result<FeedPlan, string> {
  const url = urlOption(options, { feed: 'rhel-vex', key: 'url', fallback: VEX_URL });
  if (!url.ok) return url;
  const base = url.value.endsWith('/') ? url.value : `${url.value}/`;
  return ok({
    kind: 'index',
    index: {
      request: { url: `${base}archive_latest.txt`, bytesMax: INDEX_BYTES_MAX },
      read: (_document, text) => {
        const name = readArchiveName(text);
        return name.ok ? ok({ kind: 'partitions', partitions: [archivePartition(base, name.value)] }) : name;
      },
    },
    fallback: [],
  });
}

async function* parseVex(
  _partition: Partition,
  document: AsyncIterable<Uint8Array>,
): AsyncIterable<Result<Advisory, Rejection>> {
  const parts: Uint8Array[] = [];
  for await (const part of document) parts.push(new Uint8Array(part));
  yield* readVexDocument(parseJson(parts));
}

/** The updater bounds a document to `memberBytesMax`, so it may be in memory whole. */
function parseJson(parts: readonly Uint8Array[]): Readonly<Record<string, unknown>> {
  const text = decodeUtf8(parts);
  if (text === undefined) throw new MalformedDocument('the document is not UTF-8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new MalformedDocument('the document is no JSON, or cut short');
  }
  if (!isJsonObject(value)) throw new MalformedDocument('the document is JSON, but no object');
  return value;
}
