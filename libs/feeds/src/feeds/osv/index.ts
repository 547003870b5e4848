import {
  type Advisory,
  ECOSYSTEMS,
  type Ecosystem,
  ecosystemOfNamespace,
  err,
  ok,
  type Rejection,
  type Result,
} from '@clair/model';
import { type Feed, type FeedOptions, type FeedPlan, MalformedDocument, type Partition } from '../../feed.ts';
import { urlOption } from '../../feed-options.ts';
import { type OsvMapping, osvAdvisory } from '../../osv/osv-advisory.ts';
import { osvCopy, osvFollowed } from '../../osv/osv-archive.ts';
import { readOsvDocument } from '../../osv/osv-document.ts';
import { rateRecord } from './rating.ts';

/** OSV has no packages of conda; those that are also on PyPI are read there. */
const IN_OSV = ECOSYSTEMS.filter(({ namespace }) => namespace !== 'conda');

const BUCKET = 'https://osv-vulnerabilities.storage.googleapis.com/';

/**
 * The advisories of languages as OSV gathers them: GitHub's, and those that PyPA, Go, RustSec, RubyGems and others keep of their own
 * packages. A partition for each ecosystem, so that one of them changing does not move the others.
 */
export const osv = {
  id: 'osv',
  title: 'Advisories of language ecosystems (OSV)',
  licence: 'CC-BY-4.0 and others, by database',
  homepage: 'https://osv.dev/',
  optionKeys: ['url', 'allowlist'],
  revision: 1,
  staleAfterHours: 48,
  plan: planOsv,
  parse: parseOsv,
} as const satisfies Feed;

function planOsv(options: FeedOptions): Result<FeedPlan, string> {
  const url = urlOption(options, { feed: 'osv', key: 'url', fallback: BUCKET });
  if (!url.ok) return url;
  const wanted = wantedEcosystems(options.allowlist);
  if (!wanted.ok) return wanted;
  const base = url.value.endsWith('/') ? url.value : `${url.value}/`;
  return ok({ kind: 'partitions', partitions: wanted.value.map(({ namespace }) => partitionOf(base, namespace)) });
}

/** A mirror for Clair has the archives alone: that is all Clair asks for. */
function partitionOf(base: string, namespace: string): Partition {
  const url = `${base}${encodeURIComponent(namespace)}/all.zip`;
  const partition = base === BUCKET ? osvFollowed(url, [namespace]) : osvCopy(url, [namespace]);
  return { ...partition, name: namespace };
}

/** Clair's key: names of ecosystems, of any case. Absent: all that are read. */
function wantedEcosystems(allowlist: unknown): Result<readonly Ecosystem[], string> {
  if (allowlist === undefined) return ok(IN_OSV);
  const isList = Array.isArray(allowlist) && allowlist.every((name) => typeof name === 'string');
  const names = isList ? allowlist.map((name: string) => name.toLowerCase()) : [];
  const unknown = names.filter((name) => !IN_OSV.some(({ namespace }) => namespace.toLowerCase() === name));
  const known = IN_OSV.map(({ namespace }) => namespace).join(', ');
  if (!isList || unknown.length > 0)
    return err(
      `updaters.config.osv.allowlist must be a list of ecosystems (${known}), not ${JSON.stringify(allowlist)}`,
    );
  return ok(IN_OSV.filter(({ namespace }) => names.includes(namespace.toLowerCase())));
}

async function* parseOsv(
  partition: Partition,
  document: AsyncIterable<Uint8Array>,
): AsyncIterable<Result<Advisory, Rejection>> {
  const [namespace = ''] = partition.namespaces;
  const ecosystem = ecosystemOfNamespace(namespace);
  if (ecosystem === undefined) throw new MalformedDocument(`nobody here knows the ecosystem ${namespace}`);
  yield* osvAdvisory(await readOsvDocument(document), mappingOf(ecosystem));
}

/**
 * The ecosystem's own entries of a record; those of other ecosystems are in their own archives, under the same id. A registry behind a
 * colon (`Packagist:https://packages.drupal.org/8`) has names of its own in the same world.
 */
function mappingOf({ namespace, scheme, lookupName }: Ecosystem): OsvMapping {
  return {
    targetOf: (name) =>
      name === namespace || name.startsWith(`${namespace}:`)
        ? { namespace, scheme, packageKind: 'binary' }
        : 'elsewhere',
    isBulletin: false,
    rate: rateRecord,
    packageName: lookupName,
  };
}
