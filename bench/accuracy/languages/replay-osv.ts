import type { Advisory } from '@clair/model';
import { parse } from 'yaml';
import type { AdvisoryIndex } from '../advisory-index.ts';
import { dataSetLines, dataSetMembers } from '../data-set.ts';
import type { Explanation } from '../explanation.ts';
import { parsedFeed } from '../feed-documents.ts';
import { type Compared, compared } from './comparison.ts';
import { languagePackage } from './language-package.ts';

interface Recording {
  readonly ecosystem?: string;
  readonly name: string;
  readonly version: string;
  readonly latest: readonly string[];
  readonly latest_date: string;
}

/** Of an ecosystem, the advisories that are here, read by the feed. */
export interface KnownAdvisories {
  readonly index: AdvisoryIndex;
  /** By id: when it was published. */
  readonly issued: ReadonlyMap<string, string>;
  /** By id: the texts of the record, for explanations. */
  readonly records: ReadonlyMap<string, string>;
}

export const LANGUAGE_NAMESPACES = [
  'crates.io',
  'Go',
  'Maven',
  'npm',
  'NuGet',
  'Packagist',
  'PyPI',
  'RubyGems',
] as const;

const PUBLISHED_LATER: Explanation = {
  id: 'published-after-the-recording',
  right: 'both',
  says: 'the advisory was published on the day of the recording or later',
};
const BOUNDED: Explanation = {
  id: 'bounded-by-its-database',
  right: 'ours',
  says: "the record's own database says up to which version it holds (`last_known_affected_version_range`); OSV's matching does not look at it",
};
const RECORD_OF_ANOTHER_DAY: Explanation = {
  id: 'record-of-another-day',
  right: 'theirs',
  says: 'the record that is here is of another day than the answer, and does not name that version',
};
const NOT_ANSWERED: Explanation = {
  id: 'not-in-the-answer-of-that-day',
  right: 'not known',
  says: 'the record that is here names the version; that of the day of the answer did not, or was not there yet under this id',
};
const UNREADABLE: Explanation = {
  id: 'version-that-is-none',
  right: 'ours',
  says: 'the version asked for is none of its ecosystem: we say that it cannot be decided, the API nothing',
};

/** Replays what OSV's API answered for packages of languages. */
export async function replayLanguageOsv(known: ReadonlyMap<string, KnownAdvisories>): Promise<readonly Compared[]> {
  const byEcosystem = Map.groupBy(dataSetLines<Recording>('recordings'), ({ ecosystem = '' }) => ecosystem);
  return LANGUAGE_NAMESPACES.flatMap((namespace) => {
    const recordings = byEcosystem.get(namespace) ?? [];
    const advisories = known.get(namespace);
    return recordings.length === 0 || advisories === undefined
      ? []
      : [replayEcosystem(namespace, recordings, advisories)];
  });
}

function replayEcosystem(namespace: string, recordings: readonly Recording[], known: KnownAdvisories): Compared {
  const theirs = new Set<string>();
  const ours = new Map<string, { readonly date: string; readonly isUndecidable: boolean }>();
  for (const { name, version, latest, latest_date: date } of recordings) {
    for (const id of latest) if (known.issued.has(id)) theirs.add(`${name} ${version} ${id}`);
    for (const decided of known.index.decide(languagePackage(namespace, name, version))) {
      if (decided.kind === 'not-affected') continue;
      ours.set(`${name} ${version} ${decided.id}`, { date, isUndecidable: decided.kind === 'undecidable' });
    }
  }
  return compared({
    where: namespace,
    recordings: recordings.length,
    packages: recordings.length,
    theirs,
    ours: new Set(ours.keys()),
    explain(kind, text) {
      const id = text.split(' ').at(-1) ?? '';
      if (kind === 'missing')
        return known.records.get(id)?.includes('last_known_affected') ? BOUNDED : RECORD_OF_ANOTHER_DAY;
      const mine = ours.get(text);
      if (mine?.isUndecidable) return UNREADABLE;
      return (known.issued.get(id) ?? '').slice(0, 10) >= (mine?.date ?? '') ? PUBLISHED_LATER : NOT_ANSWERED;
    },
  });
}

/** All records of the samples of OSV, Go, PyPA and RustSec, by ecosystem, each read by the feed's own partition. */
export async function knownAdvisories(): Promise<ReadonlyMap<string, KnownAdvisories>> {
  const texts = [...recordTexts()];
  const known = new Map<string, KnownAdvisories>();
  for (const namespace of LANGUAGE_NAMESPACES) {
    const mine = texts.filter((text) => text.includes(`"${namespace}"`));
    const issued = new Map<string, string>();
    const idsOf = ({ name, issued: day }: Advisory): readonly string[] => {
      issued.set(name, day);
      return [name];
    };
    const documents = mine.map((text) => Buffer.from(text));
    const { index } = await parsedFeed({ feed: 'osv', namespace, documents, idsOf });
    const records = new Map(mine.map((text): [string, string] => [idOf(text), text]));
    known.set(namespace, { index, issued, records });
  }
  return known;
}

function idOf(text: string): string {
  const { id = '' }: OsvRecord = JSON.parse(text);
  return id;
}

interface OsvRecord {
  readonly id?: string;
  readonly modified?: string;
}

/** One text for each id: of a record that several samples have, the first. Some of PyPA's were never given a date. */
function* recordTexts(): Generator<string> {
  const seen = new Set<string>();
  for (const record of records()) {
    const { id = '', modified = '' } = record;
    if (id === '' || modified === '' || seen.has(id)) continue;
    seen.add(id);
    yield JSON.stringify(record);
  }
}

function* records(): Generator<OsvRecord> {
  yield* dataSetLines<OsvRecord>('osvMixed');
  for (const name of ['goVulndb', 'rustsec'] as const) {
    for (const { bytes } of dataSetMembers(name, (path) => /(?:^|\/)(?:GO|RUSTSEC)-[^/]*\.json$/.test(path)))
      yield JSON.parse(Buffer.from(bytes).toString('utf8'));
  }
  for (const { bytes } of dataSetMembers('pypa', (path) => /\/PYSEC-[^/]*\.yaml$/.test(path)))
    yield parse(Buffer.from(bytes).toString('utf8'));
}
