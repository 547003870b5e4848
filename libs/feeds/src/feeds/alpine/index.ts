import { type Advisory, err, ok, type Rejection, type Result } from '@clair/model';
import { type Feed, type FeedOptions, type FeedPlan, MalformedDocument, type Partition } from '../../feed.ts';
import { urlOption } from '../../feed-options.ts';
import { shown } from '../../json-fields.ts';
import { jsonMembers } from '../../json-members.ts';
import { branchesOfListing, FALLBACK_BRANCHES, partitionsOfBranches } from './branches.ts';
import { advisoriesOf, type PackageClaims, readPackage } from './package-secfixes.ts';

const URL = 'https://secdb.alpinelinux.org/';
const LISTING_BYTES_MAX = 1_000_000;
/** All packages of a repository are one member of its document. */
const MEMBER_BYTES_MAX = 100_000_000;

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
        return branches.ok ? ok(partitionsOfBranches(base, branches.value)) : branches;
      },
    },
    fallback: partitionsOfBranches(base, FALLBACK_BRANCHES),
  });
}

async function* parseAlpine(
  partition: Partition,
  document: AsyncIterable<Uint8Array>,
): AsyncIterable<Result<Advisory, Rejection>> {
  const [branch = '', repository = ''] = partition.name.split('/');
  const namespace = `alpine:${branch}`;
  const packages = await readDocument(document, { distroversion: branch, reponame: repository });
  const byName = new Map<string, PackageClaims>();
  for (const [index, value] of packages.entries()) {
    const read = readPackage({ index, value }, byName);
    if (read.ok) byName.set(read.value.name, read.value);
    else yield err(read.error);
  }
  for (const claims of byName.values()) {
    for (const rejection of claims.rejections) yield err(rejection);
    for (const advisory of advisoriesOf(claims, namespace)) yield ok(advisory);
  }
}

/** The packages of a document that is of the branch and repository it was asked for. */
async function readDocument(
  document: AsyncIterable<Uint8Array>,
  expected: Readonly<Record<string, string>>,
): Promise<readonly unknown[]> {
  let packages: unknown;
  for await (const members of jsonMembers(document, { depth: 1, memberBytesMax: MEMBER_BYTES_MAX })) {
    for (const { path, value } of members) {
      const key = path[0] ?? '';
      if (!value.ok) throw new MalformedDocument(`${key}: ${value.error}`);
      if (Object.hasOwn(expected, key) && value.value !== expected[key]) {
        throw new MalformedDocument(`${key} is ${shown(value.value)}, where ${expected[key]} was asked for`);
      }
      if (key === 'packages') packages = value.value;
    }
  }
  if (packages === null) return []; // A repository in which nothing was ever fixed, v3.3/community.
  if (!Array.isArray(packages)) throw new MalformedDocument('there is no list of packages');
  return packages;
}
