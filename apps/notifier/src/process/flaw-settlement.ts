import { affectedFromWire, packageFromWire, type WireAffected, type WirePackage } from '@clair/contracts';
import { decide, settleFlaw } from '@clair/matching';
import type { Affected, Package } from '@clair/model';

/** What one advisory says of a flaw of a language's package, before or after a change. */
export interface FlawStatement {
  readonly ref: number;
  /** Of the flaw. */
  readonly key: string;
  readonly change: string;
  /** The advisory's. */
  readonly name: string;
  readonly affected: WireAffected;
}

interface Statement {
  readonly ref: number;
  readonly advisory: string;
  readonly name: string;
  readonly namespace: string;
  readonly affected: Affected;
}

/**
 * Whose word a manifest is told where several advisories are about one flaw of its package: that of the one which has the say, as in the
 * report; nobody's, where it says that this version is not affected.
 */
export class FlawSettlement {
  /** What is said of the flaw of a row on the row's side of the change, by the row. */
  readonly #statements = new Map<number, readonly Statement[]>();
  /** By flaw, side and package: the rows that decide. A package is asked about again for every manifest that holds it. */
  readonly #deciding = new Map<string, ReadonlySet<number>>();

  constructor(rows: readonly FlawStatement[]) {
    for (const side of Map.groupBy(rows, ({ key, change }) => `${change} ${key}`).values()) {
      const statements = side.flatMap(toStatement);
      for (const { ref } of statements) this.#statements.set(ref, statements);
    }
  }

  /** Whether the row is (of) what decides about the package; also true of rows that nobody else has a say in. */
  isTold(ref: number, found: WirePackage | undefined): boolean {
    const statements = this.#statements.get(ref);
    const pkg = found === undefined ? undefined : packageFromWire(found);
    if (statements === undefined || statements.length < 2 || pkg?.ok !== true) return true;
    const place = JSON.stringify([statements[0]?.ref, found]);
    const known = this.#deciding.get(place) ?? decidingOf(statements, pkg.value);
    this.#deciding.set(place, known);
    return known.has(ref);
  }
}

function toStatement({ ref, name, affected: wire }: FlawStatement): Statement[] {
  const affected = affectedFromWire(wire);
  if (!affected.ok) return [];
  return [{ ref, advisory: name, name, namespace: affected.value.namespace, affected: affected.value }];
}

function decidingOf(statements: readonly Statement[], pkg: Package): ReadonlySet<number> {
  const said = statements.map((one) => ({ ...one, verdict: decide(pkg, one.affected).kind }));
  const settled = settleFlaw(said);
  return new Set(settled?.kind === 'finding' ? settled.deciding.map(({ ref }) => ref) : []);
}
