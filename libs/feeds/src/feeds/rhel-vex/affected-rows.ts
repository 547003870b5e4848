import { type Affected, type AffectedStatus, type FixState, parseSeverity, type Severity } from '@clair/model';
import { isJsonObject, type JsonObject } from '../../json-fields.ts';
import { extendedStreams } from './extended-streams.ts';
import { namespacesOf } from './namespaces.ts';
import { type ProductTree, texts } from './product-tree.ts';
import { RowSet } from './row-set.ts';
import { type RpmComponent, rpmComponent } from './rpm-component.ts';
import type { Statements } from './statements.ts';

/** The statuses of CSAF that say something of a product now; the others are of its history. */
const STATUSES = ['fixed', 'known_affected', 'known_not_affected', 'under_investigation'] as const;
type VexStatus = (typeof STATUSES)[number];

const SEVERITIES: ReadonlyMap<string, Severity> = new Map([
  ['moderate', 'Medium'],
  ['important', 'High'],
  ['none', 'Unknown'],
]);

export interface ReadRows {
  readonly rows: readonly Affected[];
  /** Products that do not read; `at` is the status and the product's id. */
  readonly problems: readonly { readonly at: readonly string[]; readonly reason: string }[];
}

/** Statuses of CSAF that Red Hat does not use; a product that has nothing else would be passed over. */
const UNREAD_STATUSES = ['first_affected', 'last_affected'] as const;

/** The rows of the rpm packages in one vulnerability's `product_status`, equal ones merged. */
export function readRows(vulnerability: JsonObject, tree: ProductTree, statements: Statements): ReadRows {
  const reading = new Reading(tree, statements);
  if (!isJsonObject(vulnerability.product_status))
    return { rows: [], problems: [{ at: [], reason: 'it is not there' }] };
  const statusOf = vulnerability.product_status;
  for (const status of [...STATUSES, ...UNREAD_STATUSES]) {
    const ids = statusOf[status];
    if (ids !== undefined && !Array.isArray(ids)) reading.reject([status], 'not a list');
  }
  for (const status of STATUSES) for (const id of texts(statusOf[status])) reading.add(id, status);
  for (const status of UNREAD_STATUSES) for (const id of texts(statusOf[status])) reading.addUnread(id, status);
  return reading.finish();
}

interface Component extends RpmComponent {
  readonly cpe: string;
  readonly productId: string;
}

class Reading {
  readonly #tree: ProductTree;
  readonly #statements: Statements;
  readonly #rows = new RowSet();
  readonly #problems: ReadRows['problems'][number][] = [];
  readonly #read = new Set<string>();
  /** Sources that are fixed, and of what binaries are: an erratum may name the one without the other. */
  readonly #fixedSources: { readonly id: string; readonly component: Component }[] = [];
  readonly #fixedBinaries = new Set<string>();

  constructor(tree: ProductTree, statements: Statements) {
    this.#tree = tree;
    this.#statements = statements;
  }

  reject(at: readonly string[], reason: string): void {
    this.#problems.push({ at, reason });
  }

  finish(): ReadRows {
    for (const { id, component } of this.#fixedSources) {
      if (!this.#fixedBinaries.has(this.#erratumKey(id, component))) this.#put(id, 'fixed', component);
    }
    return { rows: this.#rows.merged(), problems: this.#problems };
  }

  add(id: string, status: VexStatus): void {
    this.#read.add(id);
    const component = this.#component(id, status);
    if (component === undefined) return;
    if (status === 'fixed' && component.version === '') {
      this.reject([status, id], 'the product is fixed, but names no version');
      this.#put(id, 'under_investigation', component);
    } else if (status === 'fixed' && component.kind === 'source') {
      this.#fixedSources.push({ id, component });
    } else {
      if (status === 'fixed') this.#fixedBinaries.add(this.#erratumKey(id, component));
      this.#put(id, status, component);
    }
  }

  /** What no other status says of the product either is left open. */
  addUnread(id: string, status: string): void {
    if (this.#read.has(id)) return;
    const component = this.#component(id, status);
    if (component === undefined) return;
    this.reject([status, id], 'this status is not read');
    this.#put(id, 'under_investigation', component);
  }

  /** The rpm package, of a product with a CPE; `undefined` where it is none, or does not read, which is told then. */
  #component(id: string, status: string): Component | undefined {
    const composition = this.#tree.composition(id);
    if (composition === undefined) {
      // A product as a whole (`EAP 7.4.10 release`) is no package.
      if (!this.#tree.has(id)) this.reject([status, id], 'the product tree does not hold this product');
      return undefined;
    }
    const { id: productId, cpe } = composition.product;
    const read = rpmComponent(composition);
    if (!read.ok) {
      this.reject([status, id], read.error.reason);
      // Nobody may conclude from what does not read that a package is not affected, of whichever module it is.
      for (const module of cpe === '' || read.error.name === '' ? [] : ['', ANY_MODULE])
        this.#put(id, 'under_investigation', { ...read.error, version: '', arch: '', module, cpe, productId });
      return undefined;
    }
    if (read.value === undefined) return undefined;
    if (cpe === '') {
      // Without a CPE the row would speak of every product.
      if (status !== 'fixed' || read.value.kind === 'binary') this.reject([status, id], 'the product has no CPE');
      return undefined;
    }
    return { ...read.value, cpe, productId };
  }

  #erratumKey(id: string, { cpe, module }: Component): string {
    // Whatever the variant: sources are listed in one, and their binaries may be in another.
    const product = cpe.replace(/^cpe:\/[oa]:/, '').replace(/::.*$/, '');
    return [product, module, this.#statements.bulletinOf(id)].join('\u0000');
  }

  #put(id: string, status: VexStatus, component: Component): void {
    const severity = this.#statements.severityOf(id);
    const { productId } = component;
    const cpes = [component.cpe, ...(status === 'fixed' ? extendedStreams(productId, component.cpe) : [])];
    for (const cpe of cpes) {
      const row = {
        package: component.name,
        packageKind: component.kind,
        scheme: 'rpm',
        ...meaningOf(status, component, this.#statements.fixStateOf(id)),
        module: component.module,
        cpe,
        bulletin: status === 'fixed' ? this.#statements.bulletinOf(id) : '',
        severity,
        normalizedSeverity: SEVERITIES.get(severity.toLowerCase()) ?? parseSeverity(severity) ?? 'Unknown',
      } as const;
      for (const namespace of namespacesOf(cpe, component.version))
        this.#rows.add({ ...row, namespace }, component.arch);
    }
  }
}

/** Of a row about the packages of a module, that does not say of which. */
const ANY_MODULE = '*';

function meaningOf(
  status: VexStatus,
  { version }: RpmComponent,
  fixState: FixState,
): { status: AffectedStatus; fixState: FixState; range: Affected['range'] } {
  switch (status) {
    case 'fixed':
      return { status: 'affected', fixState: 'fixed', range: { fixed: version } };
    case 'known_affected':
      return { status: 'affected', fixState, range: {} };
    case 'under_investigation':
      return { status: 'undetermined', fixState: 'unknown', range: {} };
    case 'known_not_affected':
      // With a version, an erratum speaks of the build that it shipped, and of no other.
      return {
        status: 'not-affected',
        fixState: 'unknown',
        range: version === '' ? {} : { introduced: version, lastAffected: version },
      };
  }
}
