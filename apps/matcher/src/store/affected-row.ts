import type { Affected } from '@clair/model';
import { toWords } from './affected-codes.ts';

/** An affected row as it is stored: with its own number and the advisory it belongs to. */
export interface StoredAffected {
  /** Never given to another row; the id of a v1 vulnerability. */
  readonly id: number;
  readonly advisory: number;
  readonly affected: Affected;
}

/** What {@link AFFECTED_COLUMNS} selects. */
export interface AffectedRow {
  readonly id: number;
  readonly advisory: number;
  readonly namespace: string;
  readonly package_kind: string;
  readonly status: string;
  readonly fix_state: string;
  readonly normalized: string;
  readonly package: string;
  readonly scheme: string;
  readonly severity: string;
  readonly introduced: string | null;
  readonly fixed: string | null;
  readonly last_affected: string | null;
  readonly module: string | null;
  readonly cpe: string | null;
  readonly bulletin: string | null;
  readonly arches: readonly string[] | null;
}

/** Select list over `matcher.affected a` and `matcher.namespace n`. */
export const AFFECTED_COLUMNS = `a.id, a.advisory, n.name as namespace, a.package_kind, a.status, a.fix_state, a.normalized,
  a.package, a.scheme, a.severity, a.introduced, a.fixed, a.last_affected, a.module, a.arches, a.cpe, a.bulletin`;

export function toStoredAffected(row: AffectedRow): StoredAffected {
  const words = toWords({
    packageKind: row.package_kind,
    status: row.status,
    fixState: row.fix_state,
    normalized: row.normalized,
  });
  return {
    id: row.id,
    advisory: row.advisory,
    affected: {
      namespace: row.namespace,
      package: row.package,
      packageKind: words.packageKind,
      scheme: row.scheme,
      range: {
        ...(row.introduced === null ? {} : { introduced: row.introduced }),
        ...(row.fixed === null ? {} : { fixed: row.fixed }),
        ...(row.last_affected === null ? {} : { lastAffected: row.last_affected }),
      },
      status: words.status,
      fixState: words.fixState,
      arches: row.arches ?? [],
      module: row.module ?? '',
      cpe: row.cpe ?? '',
      bulletin: row.bulletin ?? '',
      severity: row.severity,
      normalizedSeverity: words.normalizedSeverity,
    },
  };
}
