import type { FixState } from '@clair/model';
import type { JsonObject } from '../../json-fields.ts';
import { objects, type ProductTree } from './product-tree.ts';

/** What a document says of each product beside its status. */
export interface Statements {
  fixStateOf(id: string): FixState;
  /** `RHSA-2024:2447`, or empty. */
  bulletinOf(id: string): string;
  /** Red Hat's word for the impact on that product: `Moderate`; else the document's; else empty. */
  severityOf(id: string): string;
}

/** By the details of a remediation, which Red Hat takes from this list. */
const FIX_STATES: ReadonlyMap<string, FixState> = new Map([
  ['affected', 'not-fixed'],
  ['fix deferred', 'deferred'],
  ['will not fix', 'will-not-fix'],
  ['out of support scope', 'out-of-support'],
]);

/** For other details: what the category says. A workaround or a mitigation says nothing of a fix. */
const FIX_STATES_BY_CATEGORY: ReadonlyMap<string, FixState> = new Map([
  ['none_available', 'not-fixed'],
  ['fix_planned', 'not-fixed'],
  ['no_fix_planned', 'will-not-fix'],
]);

/** Reads the remediations and threats of one vulnerability. `aggregateSeverity` is the document's word. */
export function readStatements(vulnerability: JsonObject, tree: ProductTree, aggregateSeverity: string): Statements {
  const fixStates = new Said<FixState>();
  const bulletins = new Said<string>();
  const severities = new Said<string>();
  for (const remediation of objects(vulnerability.remediations)) {
    const { category, details, url } = remediation;
    const ids = tree.namedIds(remediation);
    if (category === 'vendor_fix') bulletins.add(ids, bulletinOfUrl(url));
    else fixStates.add(ids, fixStateOfRemediation(category, details));
  }
  for (const threat of objects(vulnerability.threats)) {
    if (threat.category !== 'impact' || typeof threat.details !== 'string') continue;
    severities.add(tree.namedIds(threat), threat.details);
  }
  return {
    fixStateOf: (id) => fixStates.of(id) ?? 'unknown',
    bulletinOf: (id) => bulletins.of(id) ?? '',
    severityOf: (id) => severities.of(id) ?? aggregateSeverity,
  };
}

function fixStateOfRemediation(category: unknown, details: unknown): FixState | undefined {
  if (typeof category !== 'string' || !FIX_STATES_BY_CATEGORY.has(category)) return undefined;
  const word = typeof details === 'string' ? details.trim().toLowerCase() : '';
  return FIX_STATES.get(word) ?? FIX_STATES_BY_CATEGORY.get(category);
}

function bulletinOfUrl(url: unknown): string | undefined {
  return typeof url === 'string' ? /\/errata\/(RH[A-Z]{2}-\d{4}:\d{1,6})/.exec(url)?.[1] : undefined;
}

/** What was said of single products, and of all; the first word counts. */
class Said<T> {
  readonly #byId = new Map<string, T>();
  #ofAll: T | undefined;

  add(ids: readonly string[] | undefined, value: T | undefined): void {
    if (value === undefined) return;
    if (ids === undefined) this.#ofAll ??= value;
    for (const id of ids ?? []) if (!this.#byId.has(id)) this.#byId.set(id, value);
  }

  of(id: string): T | undefined {
    return this.#byId.get(id) ?? this.#ofAll;
  }
}
