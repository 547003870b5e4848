import { type Affected, compareText } from '@clair/model';
import { rpm } from '@clair/versions';

/** Rows that differ in their architecture only are one row. */
export class RowSet {
  readonly #rows = new Map<string, { readonly row: Omit<Affected, 'arches'>; readonly arches: Set<string> }>();

  add(row: Omit<Affected, 'arches'>, arch: string): void {
    const { range } = row;
    const bounds = [range.introduced ?? '', range.fixed ?? '', range.lastAffected ?? ''];
    const key = [...keyWithoutRange(row), ...bounds].join('\u0000');
    const known = this.#rows.get(key) ?? { row, arches: new Set() };
    known.arches.add(arch);
    this.#rows.set(key, known);
  }

  merged(): readonly Affected[] {
    const rows = [...this.#rows.values()].map(({ row, arches }) => ({ ...row, arches: archesOf(arches) }));
    return oneRowPerProduct(withoutRepeatedSources(oneFixPerStream(rows)));
  }
}

function archesOf(arches: ReadonlySet<string>): readonly string[] {
  return arches.has('') ? [] : [...arches].sort(compareText);
}

function keyWithoutRange(row: Omit<Affected, 'arches' | 'range'>): readonly string[] {
  const { namespace, packageKind, status, fixState, module, cpe, bulletin, severity } = row;
  return [namespace, row.package, packageKind, status, fixState, module, cpe, bulletin, severity];
}

/**
 * One erratum ships a module stream once for each set of modules that it can be installed with (`perl-FCGI:0.78` for
 * `perl:5.24` and `perl:5.26`), and the builds differ in nothing but a number that has no meaning. All are fixed, so the
 * lowest says where the fix is: with each its own row, a fixed build would be older than another's fix.
 */
function oneFixPerStream(rows: readonly Affected[]): readonly Affected[] {
  const lowest = new Map<string, Affected>();
  const others: Affected[] = [];
  for (const row of rows) {
    if (row.module === '' || row.bulletin === '' || row.range.fixed === undefined) {
      others.push(row);
      continue;
    }
    const key = [...keyWithoutRange(row), row.range.fixed.replace(CONTEXT, '')].join('\u0000');
    const known = lowest.get(key);
    lowest.set(key, known === undefined ? row : lower(known, row));
  }
  return [...others, ...lowest.values()];
}

/**
 * Newer documents name a flaw's source package and, beside it, each binary package that is built of it. The source's row
 * would find every one of them a second time. Which binaries are a source's own is not said: a source is left out where a binary has its very name.
 */
function withoutRepeatedSources(rows: readonly Affected[]): readonly Affected[] {
  const group = (row: Affected): string =>
    [row.namespace, row.status, row.fixState, row.module, row.cpe, row.severity].join('\u0000');
  const binaries = new Map<string, Affected[]>();
  for (const row of rows) {
    if (row.packageKind === 'source' || isVersioned(row)) continue;
    const known = binaries.get(group(row));
    if (known === undefined) binaries.set(group(row), [row]);
    else known.push(row);
  }
  return rows.filter((row) => {
    if (row.packageKind === 'binary' || isVersioned(row)) return true;
    const named = binaries.get(group(row)) ?? [];
    return !named.some((binary) => binary.package === row.package);
  });
}

function isVersioned({ range }: Affected): boolean {
  return range.fixed !== undefined || range.introduced !== undefined;
}

/** The build number and context of a module in a release: `+23147+95b68fad` in `12.module+el8.10.0+23147+95b68fad`. */
const CONTEXT = /(?<=\.module[+_]el[0-9._]+)\+\d+\+[0-9a-f]+/;

function lower(a: Affected, b: Affected): Affected {
  const arches = a.arches.length === 0 || b.arches.length === 0 ? [] : archesOf(new Set([...a.arches, ...b.arches]));
  const [versionA, versionB] = [rpm.parse(a.range.fixed ?? ''), rpm.parse(b.range.fixed ?? '')];
  const isLower = versionA.ok && versionB.ok && rpm.compare(versionA.value, versionB.value) <= 0;
  return { ...(isLower ? a : b), arches };
}

/** A CPE up to the version, and the variant after it (`appstream`, `baseos`, `crb`). */
const VARIANT = /^cpe:\/([oa]):([^:]*:[^:]*:[^:]+)::[^:]+$/;

/**
 * A package that an erratum ships in several variants of one product is one row about the product, since it is the same
 * build: a package whose variant is not known would else be found once for each.
 */
function oneRowPerProduct(rows: readonly Affected[]): readonly Affected[] {
  const products = new Map<string, { readonly row: Affected; readonly cpes: Set<string> }>();
  for (const row of rows) {
    const { range } = row;
    const product = VARIANT.exec(row.cpe)?.[2];
    const cpe = product === undefined ? row.cpe : `cpe:/*:${product}`;
    const bounds = [range.introduced ?? '', range.fixed ?? '', range.lastAffected ?? ''];
    const key = [...keyWithoutRange({ ...row, cpe }), ...bounds, row.arches.join()].join('\u0000');
    const known = products.get(key) ?? { row, cpes: new Set() };
    known.cpes.add(row.cpe);
    products.set(key, known);
  }
  return [...products.values()].map(({ row, cpes }) => (cpes.size === 1 ? row : { ...row, cpe: productOf([...cpes]) }));
}

/** The product whose variants these are: as an operating system when one of them is one. */
function productOf(cpes: readonly string[]): string {
  const parts = cpes.map((cpe) => VARIANT.exec(cpe)?.[1]);
  return `cpe:/${parts.includes('o') ? 'o' : 'a'}:${VARIANT.exec(cpes[0] ?? '')?.[2] ?? ''}`;
}
