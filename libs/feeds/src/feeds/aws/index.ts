import { type Advisory, err, ok, type Rejection, type Result } from '@clair/model';
import { type Feed, type FeedOptions, type FeedPlan, MalformedDocument, type Partition } from '../../feed.ts';
import { urlOption } from '../../feed-options.ts';
import { xmlElements } from '../../xml/xml-elements.ts';
import { extrasPlan, type Repository, repositoryPlan } from './repository-plan.ts';
import { readUpdate } from './update.ts';

const CDN = 'https://cdn.amazonlinux.com';

interface ReleaseRepository extends Repository {
  readonly optionKey: string;
}

/** The lists of x86_64: the advisories of a repository are the same on both architectures, and name the packages of each. */
const REPOSITORIES: readonly ReleaseRepository[] = [
  {
    name: 'al1',
    namespace: 'amzn:1',
    optionKey: 'al1_url',
    mirrorList: 'https://repo.us-west-2.amazonaws.com/2018.03/updates/x86_64/mirror.list',
    // Amazon documents this address over plain http only.
    mirrorListMirrors: ['http://repo.us-west-2.amazonaws.com/2018.03/updates/x86_64/mirror.list'],
  },
  {
    name: 'al2',
    namespace: 'amzn:2',
    optionKey: 'al2_url',
    mirrorList: `${CDN}/2/core/latest/x86_64/mirror.list`,
  },
  {
    name: 'al2023',
    namespace: 'amzn:2023',
    optionKey: 'al2023_url',
    mirrorList: `${CDN}/al2023/core/mirrors/latest/x86_64/mirror.list`,
  },
  {
    name: 'al2023-livepatch',
    namespace: 'amzn:2023',
    optionKey: 'al2023_livepatch_url',
    mirrorList: `${CDN}/al2023/kernel-livepatch/mirrors/latest/x86_64/mirror.list`,
  },
];
const EXTRAS_KEY = 'al2_extras_url';
const EXTRAS_PARTITION = /^al2-extras\//;

/** An element with 50,000 packages; advisories name tens of them. */
const UPDATE_CHARS_MAX = 10_000_000;

/** Amazon Linux security bulletins (ALAS) of Amazon Linux 1, 2 and 2023, from the `updateinfo.xml` of their repositories. */
export const aws = {
  id: 'aws',
  title: 'Amazon Linux security center (ALAS)',
  licence: 'none stated',
  homepage: 'https://alas.aws.amazon.com/',
  optionKeys: [...REPOSITORIES.map((repository) => repository.optionKey), EXTRAS_KEY],
  revision: 1,
  staleAfterHours: 48,
  plan: planAws,
  parse: parseAws,
} as const satisfies Feed;

function planAws(options: FeedOptions): Result<FeedPlan, string> {
  const plans: { name: string; plan: FeedPlan }[] = [];
  for (const { optionKey, ...repository } of REPOSITORIES) {
    const url = urlOption(options, { feed: 'aws', key: optionKey, fallback: repository.mirrorList });
    if (!url.ok) return url;
    const isOwn = url.value === repository.mirrorList;
    const { mirrorListMirrors: _, ...withoutMirrors } = repository;
    const asked = isOwn ? repository : { ...withoutMirrors, mirrorList: url.value };
    plans.push({ name: repository.name, plan: repositoryPlan(asked) });
  }
  if (options[EXTRAS_KEY] === undefined) return ok({ kind: 'several', plans });
  const catalog = urlOption(options, { feed: 'aws', key: EXTRAS_KEY, fallback: '' });
  if (!catalog.ok) return catalog;
  const folder = catalog.value.replace(/\/[^/]*$/, '');
  const plan = extrasPlan(catalog.value, (topic) => `${folder}/extras/${topic}/latest/x86_64/mirror.list`);
  return ok({ kind: 'several', plans: [...plans, { name: 'al2-extras', plan }] });
}

async function* parseAws(
  partition: Partition,
  document: AsyncIterable<Uint8Array>,
): AsyncIterable<Result<Advisory, Rejection>> {
  const [namespace = ''] = partition.namespaces;
  const wants = (path: readonly string[]): boolean => path.length === 2 && path[1] === 'update';
  const seen = new Set<string>();
  let updates = 0;
  for await (const members of xmlElements(document, { root: 'updates', wants, elementCharsMax: UPDATE_CHARS_MAX })) {
    for (const { element, line } of members) {
      updates++;
      if (!element.ok) yield err({ at: `line ${line}`, reason: element.error });
      else yield* onlyFirst(readUpdate({ element: element.value, namespace }), seen);
    }
  }
  if (updates === 0 && !EXTRAS_PARTITION.test(partition.name))
    throw new MalformedDocument('the document is an updateinfo, but holds no update');
}

/** A second update of an id would be a second advisory under the first one's name. */
function* onlyFirst(
  results: readonly Result<Advisory, Rejection>[],
  seen: Set<string>,
): Generator<Result<Advisory, Rejection>> {
  for (const result of results) {
    if (!result.ok || !seen.has(result.value.key)) yield result;
    else yield err({ at: result.value.key, reason: 'the advisory is there a second time' });
    if (result.ok) seen.add(ownCopy(result.value.key));
  }
}

/**
 * The same text in memory of its own. Texts cut out of a document may keep the piece of it alive that they were cut from; kept for
 * every update, they would keep the whole document.
 */
function ownCopy(text: string): string {
  return Array.from(text).join('');
}
