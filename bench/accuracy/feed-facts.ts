import type { Affected, FixState } from '@clair/model';
import { distributionById } from '@clair/scanners';
import { AdvisoryIndex } from './advisory-index.ts';
import { affectedRow } from './affected-row.ts';
import { namespaceOfRecorded } from './recorded-scan.ts';

/** What the other scanner's database said, as read off its reports from the day `first` to the day `last`. */
export interface FeedFact {
  readonly family: string;
  readonly release: string;
  readonly source: string;
  readonly binary: string;
  readonly id: string;
  readonly fixed: string | null;
  readonly status: string | null;
  readonly first: string;
  readonly last: string;
}

/** A fact in the shape in which its vendor publishes it, with the days on which somebody saw it. */
export interface DatedRow {
  readonly row: Affected;
  readonly id: string;
  readonly first: string;
  readonly last: string;
}

const FIX_STATES: ReadonlyMap<string | null, FixState> = new Map([
  ['affected', 'not-fixed'],
  ['will_not_fix', 'will-not-fix'],
  ['fix_deferred', 'deferred'],
  ['end_of_life', 'out-of-support'],
  ['under_investigation', 'unknown'],
]);

/** The facts as rows; facts that differ in nothing but the binary package become one row where the vendor speaks of sources. */
export function datedRows(facts: Iterable<FeedFact>): readonly DatedRow[] {
  const rows = new Map<string, DatedRow>();
  for (const fact of facts) {
    const row = rowOf(fact);
    const key = JSON.stringify([fact.id, row]);
    const known = rows.get(key);
    const first = known !== undefined && known.first < fact.first ? known.first : fact.first;
    const last = known !== undefined && known.last > fact.last ? known.last : fact.last;
    rows.set(key, { row, id: fact.id, first, last });
  }
  return [...rows.values()];
}

/** Debian, Ubuntu and Alpine speak of source packages; Red Hat names the binaries of a fix, and the source of what has none. */
function rowOf(fact: FeedFact): Affected {
  const isFixed = fact.fixed !== null;
  const isRedHat = fact.family === 'redhat';
  const isBinary = isRedHat && isFixed;
  return affectedRow({
    namespace: namespaceOfRecorded(fact.family, fact.release),
    package: isBinary ? fact.binary : fact.source,
    packageKind: isBinary ? 'binary' : 'source',
    scheme: distributionById(isRedHat ? 'rhel' : fact.family)?.scheme ?? '',
    range: fact.fixed === null ? {} : { fixed: fact.fixed },
    status: 'affected',
    fixState: isFixed ? 'fixed' : (FIX_STATES.get(fact.status) ?? 'unknown'),
  });
}

/**
 * What was known on a day. A row holds on the days between its first and its last report. Of a (package, flaw) of which no row
 * does, the fix that was published last before that day still holds: a published fix is not taken back. What has no fix does not
 * outlive its last report: images may have left it behind with a fix that no report names.
 */
export class FactHistory {
  readonly #byKey = new Map<string, DatedRow[]>();

  constructor(rows: readonly DatedRow[]) {
    for (const dated of rows) {
      const { namespace, packageKind, package: name } = dated.row;
      const key = `${namespace} ${packageKind} ${name} ${dated.id}`;
      const known = this.#byKey.get(key);
      if (known === undefined) this.#byKey.set(key, [dated]);
      else known.push(dated);
    }
  }

  at(date: string): AdvisoryIndex {
    const index = new AdvisoryIndex();
    for (const rows of this.#byKey.values()) {
      const current = rows.filter(({ first, last }) => first <= date && date <= last);
      for (const { row, id, first } of current.length > 0 ? current : lastFix(rows, date)) {
        index.add({ row, ids: [id], issued: first });
      }
    }
    return index;
  }
}

function lastFix(rows: readonly DatedRow[], date: string): readonly DatedRow[] {
  const fixes = rows.filter(({ row, first }) => row.range.fixed !== undefined && first <= date);
  const newest = fixes.sort((a, b) => (a.last < b.last ? 1 : -1))[0];
  return newest === undefined ? [] : [newest];
}
