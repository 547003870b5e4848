import { ok } from '@clair/model';
import type { Feed } from '../feed.ts';
import { urlOption } from '../feed-options.ts';
import { parseSecdb } from './index.ts';

/** Far above what a million entries take, 25 MB. */
const DOCUMENT_BYTES_MAX = 100_000_000;

/** An apk distribution that is rolling and has no releases, so that its security database is one document. */
export interface OneDocumentSource<Id extends string> extends Pick<Feed, 'title' | 'licence' | 'homepage'> {
  /** Of the feed, and the namespace. */
  readonly id: Id;
  /** Unless the option `url` says another. */
  readonly url: string;
  /** Who is quoted: `Wolfi's security database`. */
  readonly database: string;
  /** What the document must say of itself: the database of another distribution is refused. */
  readonly reponame: string;
}

/** The feed of such a distribution. Its one option is `url`. */
export function oneDocumentFeed<Id extends string>(source: OneDocumentSource<Id>): Feed & { readonly id: Id } {
  const { id, title, licence, homepage, reponame } = source;
  const dialect = { namespace: id, database: source.database };
  return {
    ...{ id, title, licence, homepage },
    optionKeys: ['url'],
    revision: 1,
    staleAfterHours: 24,
    plan(options) {
      const url = urlOption(options, { feed: id, key: 'url', fallback: source.url });
      if (!url.ok) return url;
      const request = { url: url.value, bytesMax: DOCUMENT_BYTES_MAX };
      return ok({ kind: 'partitions', partitions: [{ name: 'all', namespaces: [id], request }] });
    },
    parse: (_partition, document) => parseSecdb(document, dialect, { reponame }),
  };
}
