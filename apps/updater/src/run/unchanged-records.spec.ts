import { debian, type Feed, feedById, type Partition } from '@clair/feeds';
import { createRandom } from '@clair/testing';
import { describe, expect, it } from 'vitest';
import { ChangedRecords } from './changed-records.ts';
import type { RecordHashes } from './record-hashes.ts';

/** What one record of a source says. */
interface Told {
  readonly source: string;
  readonly cve: string;
  readonly version: string;
  /** Of a release that nobody knows, or not readable, or plain. */
  readonly kind: 'plain' | 'odd' | 'broken';
}

interface Source {
  readonly feed: Feed;
  readonly partition: Partition;
  document(told: readonly Told[]): string;
}

const UBUNTU = feedById('ubuntu');
if (UBUNTU === undefined) throw new Error('there is no feed of Ubuntu');

function partition(name: string, namespace: string): Partition {
  return { name, namespaces: [namespace], request: { url: 'https://feed.test/', bytesMax: 1 } };
}

const SOURCES: readonly Source[] = [
  { feed: debian, partition: partition('all', 'debian:12'), document: trackerOf },
  { feed: UBUNTU, partition: partition('noble', 'ubuntu:24.04'), document: ovalOf },
];

function trackerOf(told: readonly Told[]): string {
  const sources = Map.groupBy(told, ({ source }) => source);
  const members = Array.from(sources, ([source, records]) => {
    const inside = records.map(({ cve, version, kind }) => {
      const entry = { status: kind === 'broken' ? 'unheard of' : 'resolved', fixed_version: version, urgency: 'low' };
      const releases = { bookworm: entry, ...(kind === 'odd' && { nobody: entry }) };
      return `${JSON.stringify(cve)}: ${JSON.stringify({ description: 'a "{" in it', releases })}`;
    });
    return `${JSON.stringify(source)}: {${inside.join(',\n')}}`;
  });
  return `{${members.join(', ')}}`;
}

function ovalOf(told: readonly Told[]): string {
  const definitions = told.map(({ source, cve, version, kind }) => {
    const said = kind === 'broken' ? 'sings' : `has been fixed (note: '${version}')`;
    const statements = kind === 'odd' ? [`${source} package in noble, is odd.`] : [];
    const criteria = [`${source} package in noble, was affected and ${said}.`, ...statements]
      .map((comment) => `<criterion test_ref="t" comment="${comment}" />`)
      .join('');
    return `<definition class="vulnerability" id="oval:com.ubuntu.noble:def:${cve.replaceAll(/\D/g, '')}" version="1">
      <metadata><title>${cve}</title><description>a &lt;definition&gt; of it</description></metadata>
      <criteria operator="OR">${criteria}</criteria></definition>`;
  });
  return `<?xml version="1.0"?><oval_definitions><definitions>${definitions.join('\n')}</definitions></oval_definitions>`;
}

interface Reading {
  readonly hashes: RecordHashes | undefined;
  readonly omitted: number;
  readonly rejected: readonly string[];
  readonly said: ReadonlyMap<string, string>;
  /** Undefined where the whole is to be sent. */
  readonly sent: { readonly changed: ReadonlyMap<string, string>; readonly ended: readonly string[] } | undefined;
}

async function read(source: Source, told: readonly Told[], before?: RecordHashes): Promise<Reading> {
  const changedMessages = new Map<string, string>();
  const said = new Map<string, string>();
  const rejected: string[] = [];
  const unused = () => Promise.reject(new Error('not of use here'));
  const writeEncoded = async (message: Uint8Array) => {
    const text = Buffer.from(message).toString();
    changedMessages.set(JSON.parse(text).key, text);
  };
  const spool = { end: 0, write: unused, truncate: unused, close: unused, writeEncoded };
  const filter = new ChangedRecords(before, spool, { omits: true });
  const bytes = Buffer.from(source.document(told));
  const document = (async function* () {
    for (let at = 0; at < bytes.length; at += 997) yield bytes.subarray(at, at + 997);
  })();
  for await (const record of source.feed.parse(source.partition, document, { filter })) {
    if (record.ok) {
      const message = JSON.stringify(record.value);
      said.set(record.value.key, message);
      await filter.take(record.value.key, Buffer.from(message));
    } else {
      rejected.push(record.error.at);
      filter.keep();
    }
  }
  const { changes, hashes, omitted } = filter;
  const sent = changes && { changed: changedMessages, ended: changes.endedKeys };
  return { hashes, omitted, rejected: rejected.sort(), said, sent };
}

const KINDS = ['plain', 'plain', 'plain', 'plain', 'odd', 'broken'] as const;

describe.each(SOURCES)('a document of $feed.id that is compared without being parsed', (source) => {
  it('has the changes that it has when it is parsed, whatever changed', async () => {
    const random = createRandom(20260824);
    const any = (index: number): Told => ({
      source: `source${random.int(1, 20)}`,
      cve: `CVE-2024-${1000 + index}`,
      version: `1.${random.int(1, 50)}-1`,
      kind: random.pick(KINDS),
    });
    let told = Array.from({ length: 120 }, (_, index) => any(index));
    let { hashes, said: held } = await read(source, told);
    let compared = 0;
    for (let round = 0; round < 60; round++) {
      for (let change = random.int(1, 6); change > 0; change--) {
        const at = random.int(0, told.length - 1);
        const other = any(1_000 + round * 10 + change);
        const now = told[at] ?? other;
        const changed = { ...now, version: other.version, kind: other.kind };
        told = told.toSpliced(at, 1, ...random.pick<readonly Told[]>([[], [changed], [now, other]]));
      }
      const whole = await read(source, told);
      const { sent, omitted, ...rest }: Reading = await read(source, told, hashes);
      expect(omitted).toBeGreaterThan(30);
      expect(rest.rejected).toEqual(whole.rejected);
      expect([...(rest.hashes?.keys() ?? [])].sort()).toEqual([...whole.said.keys()].sort());
      const after = new Map(held);
      for (const key of sent?.ended ?? []) after.delete(key);
      for (const [key, message] of sent?.changed ?? []) after.set(key, message);
      if (sent !== undefined) compared += 1;
      expect(new Map([...after].sort())).toEqual(new Map([...whole.said].sort()));
      held = whole.said;
      hashes = rest.hashes;
    }
    expect(compared).toBe(60);
  });

  it('with a record that comes a second time is not told by its changes', async () => {
    const told = Array.from({ length: 40 }, (_, index): Told => {
      return { source: `source${index}`, cve: `CVE-2024-${1000 + index}`, version: '1-1', kind: 'plain' };
    });
    const { hashes } = await read(source, told);
    const [first] = told;
    if (first === undefined) throw new Error('nothing is told');
    for (const again of [first, { ...first, version: '2-1' }]) {
      const { sent, rejected } = await read(source, [...told, again], hashes);
      expect(sent === undefined || rejected.length > 0).toBe(true);
    }
  });
});
