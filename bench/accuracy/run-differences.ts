import type { Difference } from './differences.ts';
import type { Explanation } from './explanation.ts';
import type { DatedRow, FeedFact } from './feed-facts.ts';
import type { RecordedScan } from './recorded-scan.ts';

const SLICE_SOURCE: Explanation = {
  id: 'slice-names-another-source',
  right: 'theirs',
  says: 'the feed slice names a source package that the installed package does not have; the vendor names the right one',
};
const EDGE_FIX: Explanation = {
  id: 'fix-of-edge-under-a-release',
  right: 'theirs',
  says: "the feed slice files a fix of Alpine's edge under a release, which has another fix of its own",
};
const SILENT_DAY: Explanation = {
  id: 'silent-day',
  right: 'ours',
  says: 'the other scanner reports the same flaw of the same version before or after this day, and not on it',
};
const OTHER_VERSION: Explanation = {
  id: 'database-without-revisions',
  right: 'theirs',
  says: 'the rebuilt package database lacks the revision that the image had: the report beside it lists the whole version',
};

/** What the explanations are drawn from: all of the slice, and all that was reported. */
export class Evidence {
  readonly #sourcesOfFacts = new Map<string, Set<string>>();
  readonly #edgeFixes = new Set<string>();
  readonly #fixes = new Map<string, Set<string>>();
  readonly #reported = new Set<string>();

  constructor(facts: readonly FeedFact[], rows: readonly DatedRow[], scans: readonly RecordedScan[]) {
    for (const { family, release, binary, id, source } of facts) {
      addTo(this.#sourcesOfFacts, `${family} ${release} ${binary} ${id}`, source);
    }
    for (const { row, id } of rows) {
      if (row.range.fixed === undefined) continue;
      if (row.namespace === 'alpine:edge') this.#edgeFixes.add(`${row.package} ${id} ${row.range.fixed}`);
      addTo(this.#fixes, `${row.namespace} ${row.package} ${id}`, row.range.fixed);
    }
    for (const scan of scans) {
      for (const { pkg, ver, id } of scan.findings) this.#reported.add(`${scan.namespace} ${pkg} ${ver} ${id}`);
    }
  }

  /** The class of a difference; `undefined` when there is none, and then somebody has to find out who is right. */
  explain(difference: Difference): Explanation | undefined {
    if (difference.kind === 'missing') return this.#namesAnotherSource(difference) ? SLICE_SOURCE : undefined;
    if (lacksRevision(difference)) return OTHER_VERSION;
    if (this.#isFixOfEdge(difference)) return EDGE_FIX;
    return this.#isReportedOnOtherDays(difference) ? SILENT_DAY : undefined;
  }

  #namesAnotherSource({ scan, id, pkg }: Difference): boolean {
    if (pkg === undefined) return false;
    const release = scan.namespace.split(':')[1] ?? '';
    const sources = this.#sourcesOfFacts.get(`${scan.family} ${release} ${pkg.name} ${id}`);
    return sources !== undefined && !sources.has(pkg.source.name);
  }

  #isFixOfEdge({ decided, id }: Difference): boolean {
    const row = decided?.indexed.row;
    if (row?.range.fixed === undefined || !row.namespace.startsWith('alpine:v')) return false;
    const isOfEdge = this.#edgeFixes.has(`${row.package} ${id} ${row.range.fixed}`);
    return isOfEdge && (this.#fixes.get(`${row.namespace} ${row.package} ${id}`)?.size ?? 0) > 1;
  }

  #isReportedOnOtherDays({ scan, id, pkg }: Difference): boolean {
    return pkg !== undefined && this.#reported.has(`${scan.namespace} ${pkg.name} ${pkg.version} ${id}`);
  }
}

function lacksRevision({ scan, pkg }: Difference): boolean {
  if (pkg === undefined || scan.listed === undefined) return false;
  return scan.listed.some(
    ({ name, version }) => name === pkg.name && whole(version).startsWith(`${whole(pkg.version)}-`),
  );
}

/** Without the epoch, which the rebuilt databases lack as well. */
function whole(version: string): string {
  return version.replace(/^\d+:/, '');
}

function addTo(sets: Map<string, Set<string>>, key: string, value: string): void {
  const known = sets.get(key);
  if (known === undefined) sets.set(key, new Set([value]));
  else known.add(value);
}
