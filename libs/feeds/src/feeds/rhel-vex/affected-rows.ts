import { type Affected, type AffectedStatus, type FixState, parseSeverity, type Severity } from '@clair/model';
import { isJsonObject, type JsonObject } from '../../json-fields.ts';
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

/** The rows of the rpm packages in one vulnerability's `product_status`, equal ones merged. */
export function readRows(vulnerability: JsonObject, tree: ProductTree, statements: Statements): ReadRows {
  const rows = new RowSet();
  const problems: ReadRows['problems'][number][] = [];
  const statusOf = isJsonObject(vulnerability.product_status) ? vulnerability.product_status : {};
  for (const status of STATUSES) {
    for (const id of texts(statusOf[status])) {
      const problem = addProduct({ id, status, tree, statements }, rows);
      if (problem !== undefined) problems.push({ at: [status, id], reason: problem });
    }
  }
  return { rows: rows.merged(), problems };
}

interface ProductStatus {
  readonly id: string;
  readonly status: VexStatus;
  readonly tree: ProductTree;
  readonly statements: Statements;
}

/** Adds what the product's status says of rpm packages; returns what does not read. */
function addProduct({ id, status, tree, statements }: ProductStatus, rows: RowSet): string | undefined {
  const composition = tree.composition(id);
  // A product as a whole (`EAP 7.4.10 release`) is no package.
  if (composition === undefined) return tree.has(id) ? undefined : 'the product tree does not hold this product';
  const read = rpmComponent(composition);
  if (!read.ok) return read.error;
  const { cpe } = composition.product;
  const component = read.value;
  if (component === undefined) return undefined;
  if (status === 'fixed' && component.kind === 'source') return undefined;
  if (status === 'fixed' && component.version === '') return 'the product is fixed, but names no version';
  // Without a CPE the row would speak of every product.
  if (cpe === '') return 'the product has no CPE';

  const severity = statements.severityOf(id);
  const row = {
    package: component.name,
    packageKind: component.kind,
    scheme: 'rpm',
    ...meaningOf(status, component, statements.fixStateOf(id)),
    module: component.module,
    cpe,
    bulletin: status === 'fixed' ? statements.bulletinOf(id) : '',
    severity,
    normalizedSeverity: SEVERITIES.get(severity.toLowerCase()) ?? parseSeverity(severity) ?? 'Unknown',
  } as const;
  for (const namespace of namespacesOf(cpe, component.version)) rows.add({ ...row, namespace }, component.arch);
  return undefined;
}

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
