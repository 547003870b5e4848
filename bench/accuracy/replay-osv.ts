import type { Advisory, Package } from '@clair/model';
import { distributionOfNamespace } from '@clair/scanners';
import type { AdvisoryIndex } from './advisory-index.ts';
import { dataSetLines } from './data-set.ts';
import type { Explanation } from './explanation.ts';
import { members, parsedFeed } from './feed-documents.ts';
import { namespaceOfEcosystem, osvRows } from './osv-records.ts';

interface Recording {
  readonly ecosystem?: string;
  readonly name: string;
  readonly version: string;
  readonly latest: readonly string[];
  readonly latest_date: string;
}

export interface OsvDifference {
  readonly kind: 'missing' | 'surplus';
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string;
  readonly id: string;
  readonly explanation: Explanation | undefined;
}

/** The recordings of one ecosystem, replayed with the advisories that are here. */
export interface ReplayedEcosystem {
  readonly ecosystem: string;
  readonly recordings: number;
  /** Ids that the API named. */
  readonly named: number;
  /** Of those, the ids whose record is here; only they can be compared. */
  readonly available: number;
  readonly identical: number;
  readonly missing: number;
  readonly surplus: number;
}

export interface OsvReplay {
  readonly ecosystems: readonly ReplayedEcosystem[];
  readonly differences: readonly OsvDifference[];
}

const PUBLISHED_LATER: Explanation = {
  id: 'published-after-the-recording',
  right: 'both',
  says: 'the advisory was published on the day of the recording or later',
};
const RECORD_OF_ANOTHER_DAY: Explanation = {
  id: 'record-of-another-day',
  right: 'theirs',
  says: 'the record of the sample is older than the answer, and does not speak of that release yet',
};
const FLAW_CAME_LATER: Explanation = {
  id: 'flaw-came-later',
  right: 'theirs',
  says: 'the record of the sample has no first affected version; the flaw came with a later version than the one asked for',
};
/** Read by hand. CVE-2026-22695 came with libpng 1.6.51, says its own description. */
const CAME_LATER: ReadonlySet<string> = new Set(['ALPINE-CVE-2026-22695']);

const DISTRIBUTIONS = /^(?:Alpine|Debian|Ubuntu|AlmaLinux|Rocky Linux|Red Hat|openSUSE|SUSE)(?::|$)/;

/** Every advisory here that could answer a recording, and the ids that it knows by name. */
interface Available {
  readonly index: AdvisoryIndex;
  readonly ids: ReadonlySet<string>;
  readonly namespaces: ReadonlySet<string>;
}

/** Replays what OSV's API answered for packages of distributions. */
export async function replayOsv(): Promise<OsvReplay> {
  const available = await availableAdvisories();
  const byEcosystem = new Map<string, Recording[]>();
  for (const recording of dataSetLines<Recording>('recordings')) {
    const ecosystem = recording.ecosystem ?? '';
    if (!DISTRIBUTIONS.test(ecosystem)) continue;
    byEcosystem.set(ecosystem, [...(byEcosystem.get(ecosystem) ?? []), recording]);
  }
  const differences: OsvDifference[] = [];
  const ecosystems = [...byEcosystem].sort().map(([ecosystem, recordings]) => {
    const compared = recordings.map((one) => compareRecording(ecosystem, one, available));
    const found = compared.flatMap((one) => one.differences);
    differences.push(...found);
    return {
      ecosystem,
      recordings: recordings.length,
      named: recordings.reduce((sum, one) => sum + one.latest.length, 0),
      available: recordings.reduce((sum, one) => sum + one.latest.filter((id) => available.ids.has(id)).length, 0),
      identical: compared.reduce((sum, one) => sum + one.identical, 0),
      missing: found.filter(({ kind }) => kind === 'missing').length,
      surplus: found.filter(({ kind }) => kind === 'surplus').length,
    };
  });
  return { ecosystems, differences };
}

/** AlmaLinux's archive is complete and read by its feed; of the others there is a sample, read by its ranges. */
async function availableAdvisories(): Promise<Available> {
  const documents = members('almalinux', (path) => /\/ALSA-[^/]*\.json$/.test(path));
  const ids = new Set<string>();
  const namespaces = new Set<string>(['almalinux:8', 'almalinux:9', 'almalinux:10']);
  const idsOf = ({ name }: Advisory): readonly string[] => {
    ids.add(name);
    return [name];
  };
  const { index } = await parsedFeed({ feed: 'almalinux', namespace: 'almalinux:9', documents, idsOf });
  for (const indexed of osvRows()) {
    index.add(indexed);
    namespaces.add(indexed.row.namespace);
    for (const id of indexed.ids) ids.add(id);
  }
  return { index, ids, namespaces };
}

function compareRecording(
  ecosystem: string,
  recording: Recording,
  available: Available,
): { readonly identical: number; readonly differences: readonly OsvDifference[] } {
  const ours = new Map<string, string>();
  for (const pkg of packagesOf(ecosystem, recording, available)) {
    for (const decided of available.index.decide(pkg)) {
      if (decided.kind !== 'not-affected') ours.set(decided.id, decided.indexed.issued);
    }
  }
  const theirs = recording.latest.filter((id) => available.ids.has(id));
  const { name, version } = recording;
  const missing = theirs.filter((id) => !ours.has(id));
  const surplus = [...ours].filter(([id]) => !theirs.includes(id));
  return {
    identical: theirs.length - missing.length,
    differences: [
      ...missing.map((id) => {
        const explanation = explainMissing(id, packagesOf(ecosystem, recording, available), available);
        return { kind: 'missing' as const, ecosystem, name, version, id, explanation };
      }),
      ...surplus.map(([id, issued]) => ({
        kind: 'surplus' as const,
        ecosystem,
        name,
        version,
        id,
        explanation: explainSurplus(id, issued, recording),
      })),
    ],
  };
}

function packagesOf(ecosystem: string, recording: Recording, available: Available): readonly Package[] {
  return namespacesAsked(ecosystem, available).map((namespace) => packageOf(recording, namespace));
}

/** The record of the sample is older than the answer: it does not speak of the release yet. */
function explainMissing(id: string, packages: readonly Package[], { index }: Available): Explanation | undefined {
  const isSpokenOf = packages.some((pkg) => index.rowsOf(pkg).some(({ ids }) => ids.includes(id)));
  return isSpokenOf ? undefined : RECORD_OF_ANOTHER_DAY;
}

function explainSurplus(id: string, issued: string, recording: Recording): Explanation | undefined {
  if (issued.slice(0, 10) >= recording.latest_date) return PUBLISHED_LATER;
  return CAME_LATER.has(id) ? FLAW_CAME_LATER : undefined;
}

/** An ecosystem without a release (`Debian`) asks for every release. */
function namespacesAsked(ecosystem: string, { namespaces }: Available): readonly string[] {
  const namespace = namespaceOfEcosystem(ecosystem);
  if (namespace !== undefined) return [namespace];
  return [...namespaces].filter((each) => each.startsWith(`${ecosystem.toLowerCase()}:`));
}

/** The API is asked by the name that the advisories have: of a source package, or of AlmaLinux's binary ones. */
function packageOf({ name, version }: Recording, namespace: string): Package {
  const known = distributionOfNamespace(namespace);
  return {
    name,
    version,
    type: known?.packageType ?? '',
    scheme: known?.scheme ?? '',
    arch: '',
    module: '',
    source: { name, version },
    namespace,
    cpes: [],
    owner: '',
  };
}
