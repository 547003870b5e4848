import type { Advisory, Package } from '@clair/model';
import { distributionOfNamespace } from '@clair/scanners';
import { AdvisoryIndex, type Decided } from './advisory-index.ts';
import { dataSetLines } from './data-set.ts';
import { DebSources } from './deb-sources.ts';
import { members, parsedFeed, wholeDocument } from './feed-documents.ts';
import { imageFamilies, type Label, NO_DISTRIBUTION } from './label-images.ts';
import { ubuntuTrackerRows } from './ubuntu-tracker.ts';

/** A feed that can decide labels of a distribution. */
interface LabelFeed {
  readonly index: AdvisoryIndex;
  /** All that the source knew: of what it does not name, a package is not affected. Else it says nothing. */
  readonly isComplete: boolean;
  /** Whether its rows name the package that is installed, or the source that it was built from. */
  readonly names: 'binary' | 'source';
}

/** Why a label could not be decided, or that it was. */
export type LabelOutcome =
  | { readonly kind: 'undecided'; readonly reason: string }
  | {
      readonly kind: 'decided';
      readonly isReported: boolean;
      /** What decided; absent where the feed says nothing of the package and the flaw. */
      readonly decided: Decided | undefined;
      /** Whether the feed says something of the flaw in any package of the release. */
      readonly isKnownFlaw: boolean;
    };

export interface JudgedLabel {
  readonly label: Label;
  readonly family: string;
  readonly outcome: LabelOutcome;
}

/** Every label, with what the feeds here make of it. */
export async function replayLabels(): Promise<readonly JudgedLabel[]> {
  const labels = [...dataSetLines<Label>('labels')];
  const families = imageFamilies(labels);
  const feeds = await labelFeeds(new Set(labels.map(cveOf)));
  const sources = new DebSources();
  return labels.map((label) => {
    const { family, namespace } = families.get(label.image.exact) ?? { family: '', namespace: '' };
    return { label, family, outcome: outcomeOf(label, { family, namespace, sources, feeds }) };
  });
}

export function cveOf({ vulnerability_id: id, effective_cve: effective }: Label): string {
  return id.startsWith('CVE-') ? id : (effective ?? '');
}

async function labelFeeds(cves: ReadonlySet<string>): Promise<ReadonlyMap<string, LabelFeed>> {
  const flaws = ({ name, upstream }: Advisory): readonly string[] => (upstream.length > 0 ? upstream : [name]);
  const almalinux = members('almalinux', (path) => /\/ALSA-[^/]*\.json$/.test(path));
  const ubuntu = new AdvisoryIndex();
  for (const indexed of ubuntuTrackerRows(cves)) ubuntu.add(indexed);
  const index = async (feed: string, namespace: string, documents: Iterable<Uint8Array>): Promise<AdvisoryIndex> =>
    (await parsedFeed({ feed, namespace, documents, idsOf: flaws })).index;
  return new Map<string, LabelFeed>([
    ['almalinux', { index: await index('almalinux', 'almalinux:8', almalinux), isComplete: true, names: 'binary' }],
    [
      'mariner',
      { index: await index('azure-linux', 'mariner:2.0', wholeDocument('mariner')), isComplete: true, names: 'source' },
    ],
    [
      'debian',
      { index: await index('debian', 'debian:12', wholeDocument('debian')), isComplete: false, names: 'source' },
    ],
    ['ubuntu', { index: ubuntu, isComplete: true, names: 'source' }],
  ]);
}

const SILENT_PART = 'the part of the feed that is here says nothing of it';

interface LabelContext {
  readonly family: string;
  readonly namespace: string;
  readonly sources: DebSources;
  readonly feeds: ReadonlyMap<string, LabelFeed>;
}

function outcomeOf(label: Label, { family, namespace, sources, feeds }: LabelContext): LabelOutcome {
  if (label.label === '??') return undecided('the judgement is open');
  if (label.package === undefined) return undecided('no package is named');
  const feed = feeds.get(namespace.split(':')[0] ?? '');
  if (feed === undefined) return undecided(whyNoFeed(family, namespace));
  const candidates = packagesOf(label.package, namespace, sources);
  if (candidates.length === 0) return undecided('no package of the distribution');
  // A source package that the feed has never named may have had another name: only where rows name binaries is silence an answer.
  const known = feed.names === 'binary' ? candidates : candidates.filter((each) => feed.index.rowsOf(each).length > 0);
  if (known.length === 0 && !feed.isComplete) return undecided(SILENT_PART);
  const [pkg] = known;
  if (pkg === undefined || known.length > 1) return undecided('its source package is not certain');
  const cve = cveOf(label);
  if (!cve.startsWith('CVE-')) return undecided('not judged by CVE');
  const said = [...feed.index.decide(pkg)].filter(({ id }) => id === cve);
  const found = said.find(({ kind }) => kind !== 'not-affected');
  if (said.length === 0 && !feed.isComplete) return undecided(SILENT_PART);
  const isKnownFlaw = feed.index.speaksOf(namespace, cve);
  return { kind: 'decided', isReported: found !== undefined, decided: found ?? said[0], isKnownFlaw };
}

function whyNoFeed(family: string, namespace: string): string {
  if (family === NO_DISTRIBUTION) return 'no package of the distribution';
  const isOfFeed = /^(?:Debian|Ubuntu)/.test(family);
  return namespace === '' && isOfFeed ? 'the release is not certain' : 'no whole feed of it among the data';
}

function undecided(reason: string): LabelOutcome {
  return { kind: 'undecided', reason };
}

/** Judged packages have a name and a version and nothing else. Empty: not one of the distribution, as far as can be told. */
function packagesOf(
  { name, version }: { readonly name: string; readonly version: string },
  namespace: string,
  sources: DebSources,
): readonly Package[] {
  const known = distributionOfNamespace(namespace);
  if (known === undefined) return [];
  const isRpm = known.packageType === 'rpm';
  if (isRpm && !/\.(?:el\d|cm\d)/.test(version)) return [];
  const found = isRpm ? [{ name, version }] : sources.candidates({ namespace, name, version });
  const { packageType: type, scheme } = known;
  return found.map((source) => ({
    name,
    version,
    type,
    scheme,
    arch: '',
    module: '',
    source,
    namespace,
    cpes: [],
    owner: '',
  }));
}
