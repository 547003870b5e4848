import { type Feed, type FeedPlan, MalformedDocument, type ParseAids, type Partition } from '@clair/feeds';
import { type Advisory, err, ok } from '@clair/model';

export function lineAdvisory(key: string, description: string): Advisory {
  return { key, name: key, description, issued: '', links: [], aliases: [], upstream: [], affected: [] };
}

/**
 * A feed for tests of what lies around feeds. Its documents begin with `lines`; then each line is `KEY text`, and `!` before
 * it makes it a rejection. A line is a record that need not be parsed when it did not change.
 */
export function linesFeed(plan: FeedPlan, revision = 1): Feed {
  return {
    id: 'lines',
    title: 'Lines',
    licence: 'none',
    homepage: 'https://lines.example/',
    optionKeys: [],
    revision,
    staleAfterHours: 24,
    plan: () => ok(plan),
    parse: parseLines,
  };
}

async function* parseLines(_partition: Partition, document: AsyncIterable<Uint8Array>, { filter }: ParseAids = {}) {
  const decoder = new TextDecoder();
  let rest = '';
  let count = 0;
  for await (const chunk of document) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      count += 1;
      if (count === 1 && line !== 'lines') throw new MalformedDocument('there is no heading');
      if (line === 'cut') throw new MalformedDocument('it is cut short');
      if (count === 1 || filter?.wants([Buffer.from(line)], '') === false) continue;
      const [key = '', ...words] = line.split(' ');
      if (key.startsWith('!')) yield err({ at: key, reason: 'is bad' });
      else yield ok(lineAdvisory(key, words.join(' ')));
    }
  }
  if (count === 0 || rest !== '') throw new MalformedDocument('it ends in the middle of a line');
}

export function lines(...told: readonly string[]): string {
  return ['lines', ...told, ''].join('\n');
}

/** A partition of that feed, at a URL. */
export function linesPartition(name: string, url: string, fields: Partial<Partition> = {}): Partition {
  return { name, namespaces: [`lines:${name}`], request: { url, bytesMax: 100_000_000 }, ...fields };
}
