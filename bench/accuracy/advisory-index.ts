import { decide, matchNames } from '@clair/matching';
import type { Affected, Package } from '@clair/model';

/** An affected row and the ids under which its flaw may be reported. */
export interface IndexedRow {
  readonly row: Affected;
  readonly ids: readonly string[];
  /** The day from which the source said it; empty when it gives none. */
  readonly issued: string;
}

export interface Decided {
  readonly kind: 'affected' | 'not-affected' | 'undecidable';
  readonly id: string;
  readonly reason: string;
  readonly indexed: IndexedRow;
}

/** Rows by (namespace, kind, name), looked up as the matcher does. */
export class AdvisoryIndex {
  readonly #rows = new Map<string, IndexedRow[]>();
  readonly #ids = new Set<string>();

  add(indexed: IndexedRow): void {
    const { namespace, packageKind, package: name } = indexed.row;
    for (const id of indexed.ids) this.#ids.add(`${namespace} ${id}`);
    const key = `${namespace} ${packageKind} ${name}`;
    const rows = this.#rows.get(key);
    if (rows === undefined) this.#rows.set(key, [indexed]);
    else rows.push(indexed);
  }

  /** Every row of the package's names, decided. */
  *decide(pkg: Package): Generator<Decided> {
    for (const indexed of this.rowsOf(pkg)) {
      const verdict = decide(pkg, indexed.row);
      const reason = verdict.kind === 'affected' ? '' : verdict.reason;
      for (const id of indexed.ids) yield { kind: verdict.kind, id, reason, indexed };
    }
  }

  /** Whether a row of any package of that namespace is about the flaw. */
  speaksOf(namespace: string, id: string): boolean {
    return this.#ids.has(`${namespace} ${id}`);
  }

  /** Every row that names the package or its source. */
  rowsOf(pkg: Package): readonly IndexedRow[] {
    const { source, binary } = matchNames(pkg);
    return [
      ...(this.#rows.get(`${pkg.namespace} source ${source}`) ?? []),
      ...(this.#rows.get(`${pkg.namespace} binary ${binary}`) ?? []),
    ];
  }
}
