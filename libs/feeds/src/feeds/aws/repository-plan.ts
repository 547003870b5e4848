import { err, ok, type Result } from '@clair/model';
import type { FeedPlan, FetchRequest, Partition } from '../../feed.ts';
import { readExtrasCatalog } from './extras-catalog.ts';
import { readMirrorList } from './mirror-list.ts';
import { readRepomd } from './repomd.ts';

/** A repository of Amazon Linux whose advisories are read. */
export interface Repository {
  /** The partition's name. */
  readonly name: string;
  readonly namespace: string;
  readonly mirrorList: string;
  /** Other places of the mirror list. */
  readonly mirrorListMirrors?: readonly string[];
  /** A repository without advisories is nothing unusual: few topics of the extras have some. */
  readonly mayHaveNone?: boolean;
}

const SMALL_BYTES_MAX = 1_000_000;
/** In 2019 that of Amazon Linux 2 was 0.6 MB compressed. */
const UPDATEINFO_BYTES_MAX = 500_000_000;

/**
 * Mirror list, then the repository's index from the first mirror that answers, then the advisories with the checksum that the index
 * gives. All mirrors of a list serve one snapshot of the repository, so the index of one is valid for the others.
 */
export function repositoryPlan(repository: Repository): FeedPlan {
  return {
    kind: 'index',
    index: {
      request: mirrorListRequest(repository),
      read: (_document, text) => readMirrors(repository, text),
    },
    fallback: unlisted(repository),
  };
}

/** The extras of Amazon Linux 2: a repository for each topic of the catalog. `topicMirrorList` is the address of a topic's mirror list. */
export function extrasPlan(catalogUrl: string, topicMirrorList: (topic: string) => string): FeedPlan {
  const read = (_document: Uint8Array, text: string): Result<FeedPlan, string> => {
    const topics = readExtrasCatalog(text);
    if (!topics.ok) return topics;
    const plans = topics.value.map((topic) => ({
      name: topic,
      plan: repositoryPlan({
        name: `al2-extras/${topic}`,
        namespace: 'amzn:2',
        mirrorList: topicMirrorList(topic),
        mayHaveNone: true,
      }),
    }));
    return ok({ kind: 'several', plans });
  };
  const request = { url: catalogUrl, bytesMax: SMALL_BYTES_MAX };
  const fallback = [{ name: 'al2-extras', namespaces: ['amzn:2'], request }];
  return { kind: 'index', index: { request, read }, fallback };
}

function mirrorListRequest({ mirrorList, mirrorListMirrors }: Repository): FetchRequest {
  const request = { url: mirrorList, bytesMax: SMALL_BYTES_MAX };
  return mirrorListMirrors === undefined ? request : { ...request, mirrors: mirrorListMirrors };
}

/**
 * What is planned when there is no mirror list: the mirror list. It cannot be had then either, so the partition keeps its old data and
 * says why; a plan without partitions would mean that Amazon has withdrawn every advisory.
 */
function unlisted(repository: Repository): readonly Partition[] {
  return [{ name: repository.name, namespaces: [repository.namespace], request: mirrorListRequest(repository) }];
}

function readMirrors(repository: Repository, text: string): Result<FeedPlan, string> {
  const mirrors = readMirrorList(text);
  if (!mirrors.ok) return mirrors;
  const request = atMirrors(mirrors.value, 'repodata/repomd.xml', SMALL_BYTES_MAX);
  return ok({
    kind: 'index',
    index: { request, read: (_document, index) => readIndex({ repository, mirrors: mirrors.value, index }) },
    fallback: [{ name: repository.name, namespaces: [repository.namespace], request }],
  });
}

interface RepositoryIndex {
  readonly repository: Repository;
  readonly mirrors: readonly [string, ...string[]];
  readonly index: string;
}

function readIndex({ repository, mirrors, index }: RepositoryIndex): Result<FeedPlan, string> {
  const file = readRepomd(index, 'updateinfo');
  if (!file.ok) return file;
  if (file.value === undefined) {
    return repository.mayHaveNone
      ? ok({ kind: 'partitions', partitions: [] })
      : err('the repository index names no updateinfo');
  }
  const request = { ...atMirrors(mirrors, file.value.path, UPDATEINFO_BYTES_MAX), checksum: file.value.checksum };
  const partition = { name: repository.name, namespaces: [repository.namespace], request };
  return ok({ kind: 'partitions', partitions: [partition] });
}

function atMirrors([first, ...rest]: readonly [string, ...string[]], path: string, bytesMax: number): FetchRequest {
  const request = { url: `${first}/${path}`, bytesMax };
  return rest.length === 0 ? request : { ...request, mirrors: rest.map((mirror) => `${mirror}/${path}`) };
}
