import { type Advisory, err, ok, type Rejection, type Result } from '@clair/model';
import {
  type Feed,
  type FeedOptions,
  type FeedPlan,
  MalformedDocument,
  type ParseAids,
  type Partition,
} from '../../feed.ts';
import { urlOption } from '../../feed-options.ts';
import { EVERY_RECORD, type RecordFilter } from '../../record-filter.ts';
import { wantedElements } from '../../xml/wanted-elements.ts';
import { attributeText } from '../../xml/xml-element.ts';
import { type XmlMember, xmlElements } from '../../xml/xml-elements.ts';
import { readDefinition, type UbuntuRelease } from './definition.ts';
import { FIPS_PARTITION, fipsPartition, parseFips } from './fips.ts';
import { FALLBACK_SERIES, partitionsOfSeries, seriesOfCollection } from './series.ts';

/** Clair's name for it is `url`. */
const SERIES_URL = 'https://api.launchpad.net/1.0/ubuntu/series';
const OVAL_URL = 'https://security-metadata.canonical.com/oval/';
const SERIES_BYTES_MAX = 5_000_000;
/** The definition of a CVE in all kernels is below 1 MB. */
const DEFINITION_CHARS_MAX = 10_000_000;

/** Canonical's OVAL: of every CVE, what each source package of a release is to it, fixed or not. One document for each release. */
export const ubuntu = {
  id: 'ubuntu',
  title: 'Ubuntu OVAL data',
  licence: 'CC-BY-SA-4.0',
  homepage: 'https://documentation.ubuntu.com/security/security-updates/oval/',
  optionKeys: ['url', 'oval_url', 'fips_url'],
  unusedOptionKeys: ['name', 'force'],
  revision: 2,
  staleAfterHours: 24,
  plan: planUbuntu,
  parse: parseUbuntu,
} as const satisfies Feed;

function planUbuntu(options: FeedOptions): Result<FeedPlan, string> {
  const url = urlOption(options, { feed: 'ubuntu', key: 'url', fallback: SERIES_URL });
  if (!url.ok) return url;
  const oval = urlOption(options, { feed: 'ubuntu', key: 'oval_url', fallback: OVAL_URL });
  if (!oval.ok) return oval;
  const releases = planReleases(url.value, oval.value);
  if (options.fips_url === undefined) return ok(releases);
  const fips = urlOption(options, { feed: 'ubuntu', key: 'fips_url', fallback: '' });
  if (!fips.ok) return fips;
  const partitions = [fipsPartition(fips.value)];
  return ok({
    kind: 'several',
    plans: [
      { name: 'releases', plan: releases },
      { name: FIPS_PARTITION, plan: { kind: 'partitions', partitions } },
    ],
  });
}

function planReleases(seriesUrl: string, ovalUrl: string): FeedPlan {
  return {
    kind: 'index',
    index: {
      request: { url: seriesUrl, bytesMax: SERIES_BYTES_MAX },
      read: (_document, text) => {
        const series = seriesOfCollection(text);
        if (!series.ok) return series;
        return ok({ kind: 'partitions', partitions: partitionsOfSeries(ovalUrl, series.value) });
      },
    },
    fallback: partitionsOfSeries(ovalUrl, FALLBACK_SERIES),
  };
}

async function* parseUbuntu(
  partition: Partition,
  document: AsyncIterable<Uint8Array>,
  { filter = EVERY_RECORD }: ParseAids = {},
): AsyncIterable<Result<Advisory, Rejection>> {
  if (partition.name === FIPS_PARTITION) yield* parseFips(document);
  else yield* parseOval(partition, document, filter);
}

async function* parseOval(
  partition: Partition,
  document: AsyncIterable<Uint8Array>,
  filter: RecordFilter,
): AsyncIterable<Result<Advisory, Rejection>> {
  const release = { codename: partition.name, namespace: partition.namespaces[0] ?? '' };
  const seen = new Set<number | string>();
  let definitions = 0;
  const members = xmlElements(wantedElements(document, 'definition', filter), {
    root: 'oval_definitions',
    wants: isDefinition,
    elementCharsMax: DEFINITION_CHARS_MAX,
  });
  for await (const group of members) {
    for (const member of group) {
      definitions++;
      for (const result of readMember(member, release)) {
        const key = result.ok ? compactKey(result.value.key) : '';
        if (!result.ok || !seen.has(key)) yield result;
        else yield err({ at: result.value.key, reason: 'the CVE is there a second time' });
        if (result.ok) seen.add(key);
      }
    }
  }
  if (definitions + filter.omitted === 0) throw new MalformedDocument('the document is OVAL, but holds no definition');
}

function isDefinition(path: readonly string[]): boolean {
  return path.length === 3 && path[1] === 'definitions' && path[2] === 'definition';
}

/** An `inventory` definition asks whether the release is installed, and is no record. */
function readMember({ element, line }: XmlMember, release: UbuntuRelease): Result<Advisory, Rejection>[] {
  if (!element.ok) return [err({ at: `line ${line}`, reason: element.error })];
  const id = attributeText(element.value, 'id');
  const codename = /^oval:com\.ubuntu\.([a-z]+):def:[0-9]+$/.exec(id)?.[1];
  if (codename !== undefined && codename !== release.codename)
    throw new MalformedDocument(`the document is about ${codename}, where ${release.codename} was asked for`);
  const kind = attributeText(element.value, 'class');
  if (kind === 'inventory') return [];
  if (kind !== 'vulnerability')
    return [err({ at: id || `line ${line}`, reason: `the definition is a ${kind}, not a vulnerability` })];
  return readDefinition(element.value, release);
}

/** A text cut out of a document keeps the piece of the document alive that it was cut out of; a number does not. */
function compactKey(cve: string): number | string {
  const [, year, number] = /^CVE-([0-9]{4})-([0-9]{4,9})$/.exec(cve) ?? [];
  return year === undefined ? cve : Number(`${year}${(number ?? '').padStart(9, '0')}`);
}
