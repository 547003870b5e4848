import { affectedFromWire, type DiffOperationsResponse, WireAffected } from '@clair/contracts';
import type { DecidableAffected } from '@clair/matching';
import { type Affected, ecosystemOfNamespace, err, ok, type Result, SEVERITIES, type Severity } from '@clair/model';
import { storableText } from '@clair/postgres';
import { contentHash } from './content-hash.ts';

/** What of a vulnerability goes into its notifications, whichever the manifest. */
export interface NotifiedSummary {
  readonly name: string;
  readonly description: string;
  readonly packageName: string;
  readonly packageKind: Affected['packageKind'];
  readonly namespace: string;
  readonly severity: Severity;
  /** Empty: there is no fix. */
  readonly fixedInVersion: string;
  readonly links: readonly string[];
}

/** What has become worse of the flaws of a row that stayed as it was. */
export interface RisenFlaw {
  readonly exploited: boolean;
  /** Both 0: the estimate has not come into a higher tenth. */
  readonly epssBefore: number;
  readonly epssAfter: number;
}

/** One affected row that a range of operations added or removed, or of whose flaws something has become known. */
export interface ChangedRow {
  readonly change: 'added' | 'removed' | 'risen';
  readonly feed: string;
  /** What a manifest is said to have, or no longer to have: the JSON of [advisory, namespace, package, kind]. */
  readonly key: string;
  /**
   * Of a language's package: the ids of the flaw, the advisory's own first. Several advisories may be about one flaw of it, and then they have
   * one key, see `assignFlawKeys`.
   */
  readonly flawIds: readonly string[] | undefined;
  /** Hash of all that decides which packages the row concerns. Rows that agree in it concern the same manifests. */
  readonly rule: string;
  /** Ascending with the severity. */
  readonly severityRank: number;
  /** There is a version to go to. */
  readonly fixable: boolean;
  /** With `risen` only. */
  readonly risen: RisenFlaw | undefined;
  readonly summary: NotifiedSummary;
  /** Hash of {@link summary}. */
  readonly summaryHash: string;
  /** The row as the indexer is asked about it. */
  readonly affected: Uint8Array;
}

export interface RejectedRow {
  /** Of the matcher's row; 0 when it has none. */
  readonly vulnerability: number;
  readonly at: string;
  readonly reason: string;
}

function ruleOf(affected: Affected): string {
  const { scheme, range, status, arches, module, cpe } = affected;
  // All that is decided by, but for the package and its kind, which are in the key.
  const decided = { scheme, range, status, arches: arches.toSorted(), module, cpe } satisfies Record<
    Exclude<keyof DecidableAffected, 'package' | 'packageKind'>,
    unknown
  >;
  return contentHash(Object.values(decided));
}

/** One row of the matcher's diff, checked; a row that does not read is a rejection, to be counted. */
export function readChangedRow(row: DiffOperationsResponse): Result<ChangedRow, RejectedRow> {
  const { vulnerability, change } = row;
  if (vulnerability === undefined) return err({ vulnerability: 0, at: 'vulnerability', reason: 'is missing' });
  const reject = (at: string, reason: string) => err({ vulnerability: vulnerability.id, at, reason });
  if (change !== 'added' && change !== 'removed' && change !== 'risen')
    return reject('change', 'must be added, removed or risen');
  if (change === 'risen' && row.risen === undefined) return reject('risen', 'is missing');
  if (vulnerability.name === '') return reject('name', 'must not be empty');
  if (vulnerability.affected === undefined) return reject('affected', 'is missing');
  const read = affectedFromWire(vulnerability.affected);
  if (!read.ok) return reject(`affected.${read.error.at}`, read.error.reason);
  const affected = read.value;
  const summary: NotifiedSummary = {
    name: storableText(vulnerability.name),
    description: storableText(vulnerability.description),
    packageName: storableText(affected.package),
    packageKind: affected.packageKind,
    namespace: storableText(affected.namespace),
    severity: affected.normalizedSeverity,
    fixedInVersion: affected.fixState === 'fixed' ? storableText(affected.range.fixed ?? '') : '',
    links: vulnerability.links.map(storableText),
  };
  return ok({
    change,
    feed: storableText(vulnerability.feed),
    key: JSON.stringify([summary.name, summary.namespace, summary.packageName, summary.packageKind]),
    flawIds:
      ecosystemOfNamespace(affected.namespace) === undefined
        ? undefined
        : [summary.name, ...vulnerability.aliases.map(storableText)],
    rule: ruleOf(affected),
    severityRank: SEVERITIES.indexOf(affected.normalizedSeverity),
    fixable: summary.fixedInVersion !== '',
    risen: change === 'risen' ? row.risen : undefined,
    summary,
    summaryHash: contentHash(summary),
    affected: WireAffected.encode(vulnerability.affected).finish(),
  });
}
