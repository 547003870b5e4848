import { zstdCompressSync } from 'node:zlib';
import type { ChangeLog, FetchRequest, Partition } from '@clair/feeds';
import { ok } from '@clair/model';
import { tarOf } from './archives.ts';
import type { FeedServer } from './feed-server.ts';
import { lines, linesPartition } from './lines-feed.ts';

interface SourceDocument {
  readonly at: string;
  /** Null: withdrawn, and in the log of deletions. */
  readonly content: string | null;
}

/**
 * A source of many small documents on a feed server: an archive made now and then, a log of changes and one of deletions as
 * CSV, and each document by itself.
 */
export class ChangingSource {
  readonly #server: FeedServer;
  readonly #documents = new Map<string, SourceDocument>();

  constructor(server: FeedServer) {
    this.#server = server;
  }

  /** The document of `key` changes at `at`, in all of what is served but the archive. */
  set(key: string, at: string, content: string | null = lines(`${key} as of ${at}`)): void {
    this.#documents.set(key, { at, content });
    this.#server.pages.delete(`/doc/${key}`);
    if (content !== null) this.#server.pages.set(`/doc/${key}`, { body: content });
    this.publishLogs();
  }

  publishLogs(): void {
    this.#server.pages.set('/changes.csv', { body: this.#log(({ content }) => content !== null) });
    this.#server.pages.set('/deletions.csv', { body: this.#log(({ content }) => content === null) });
  }

  publishArchive(publishedAt: string): void {
    const entries = [...this.#documents].flatMap(([key, { content }]) => {
      return content === null ? [] : [{ path: `all/${key}.txt`, content }];
    });
    const lastModified = publishedAt === '' ? {} : { lastModified: new Date(publishedAt).toUTCString() };
    this.#server.pages.set('/archive.tar.zst', { body: zstdCompressSync(tarOf(entries)), ...lastModified });
  }

  /** The paths that were asked for since the last call, without the logs. */
  asked(): string[] {
    const asked = this.#server.seen.splice(0).map(({ path }) => path);
    return asked.filter((path) => !path.endsWith('.csv')).sort();
  }

  partition(documentsMax = 10, log: Partial<ChangeLog> = {}): Partition {
    const { url } = this.#server;
    return linesPartition('all', `${url}/archive.tar.zst`, {
      archive: { format: 'tar', wants: (path) => path.endsWith('.txt'), memberBytesMax: 100_000 },
      changes: { ...changeLog(url, documentsMax), ...log },
    });
  }

  #log(isIn: (document: SourceDocument) => boolean): string {
    const rows = [...this.#documents].filter(([, document]) => isIn(document));
    return rows.map(([key, { at }]) => `${key},${at}\n`).join('');
  }
}

function changeLog(url: string, documentsMax: number): ChangeLog {
  const request = (path: string): FetchRequest => ({ url: `${url}/${path}`, bytesMax: 1_000_000 });
  return {
    requests: [request('changes.csv'), { ...request('deletions.csv'), absentIsFine: true }],
    documentsMax,
    read([changes = '', deletions = ''], since) {
      const rows = (text: string) => text.split('\n').filter((line) => line !== '');
      const read = (line: string) => {
        const [key = '', at = ''] = line.split(',');
        return { key, at };
      };
      const changed = rows(changes).map((line) => ({ ...read(line), request: request(`doc/${read(line).key}`) }));
      const all = [...changed, ...rows(deletions).map(read)];
      return ok(all.filter(({ at }) => Date.parse(at) >= Date.parse(since) || Number.isNaN(Date.parse(at))));
    },
  };
}
