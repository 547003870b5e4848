import {
  type Distribution,
  err,
  type FileProblem,
  type Inventory,
  type InventoryPackage,
  ok,
  type Package,
  packageKey,
  type Result,
} from '@clair/model';
import { comparePackages, isPlainText, packageProducts } from '@clair/scanners';
import type { SbomComponent, SbomDocument } from './component.ts';
import { isJsonObject, objectAt } from './json.ts';
import { packageUrlType } from './package-url.ts';
import { SBOM_FORMATS } from './registry.ts';
import { toDistribution } from './sbom-distribution.ts';
import type { SbomInventory, UnmatchedComponent } from './sbom-inventory.ts';
import { type PackageOfComponent, SIGNING_KEY, toPackage } from './to-package.ts';

const PROBLEMS_MAX = 50;
const SHOWN_LENGTH_MAX = 1024;

/** A part of an image that is an image itself is described by its own components. */
const IMAGE_TYPES: ReadonlySet<string> = new Set(['docker', 'oci']);

/**
 * The inventory that a document (a parsed JSON value) describes. The error says for a person what about the document is
 * not as any format has it; the author of the document mends that. What is wrong with single components is in the value:
 * nothing that the document lists is missing without a reason.
 */
export function readSbom(document: unknown): Result<SbomInventory, string> {
  const unwrapped = unwrap(document);
  const format = isJsonObject(unwrapped) ? SBOM_FORMATS.find(({ isFormatOf }) => isFormatOf(unwrapped)) : undefined;
  if (!isJsonObject(unwrapped) || format === undefined) {
    return err(`the document is none of ${SBOM_FORMATS.map(({ title }) => title).join(', ')}`);
  }
  const read = format.read(unwrapped);
  if (!read.ok) return read;
  return ok({ format: format.id, tool: cut(read.value.tool), ...sorted(read.value, format.id) });
}

/** The document inside of a signed statement (in-toto), or of what GitHub's dependency graph exports. */
function unwrap(document: unknown): unknown {
  if (!isJsonObject(document)) return document;
  if (typeof document.predicateType === 'string') return objectAt(document, 'predicate');
  return Object.keys(document).length === 1 && isJsonObject(document.sbom) ? document.sbom : document;
}

type Sorted = Pick<SbomInventory, 'inventory' | 'components' | 'matched' | 'unmatched' | 'harmless'>;

function sorted(document: SbomDocument, formatId: string): Sorted {
  const own = document.distributions.map(toDistribution);
  const components = document.components.filter(({ purl }) => !IMAGE_TYPES.has(packageUrlType(purl)));
  const matched: PackageOfComponent[] = [];
  const unmatched: UnmatchedComponent[] = [];
  const problems = new ComponentProblems(formatId);
  for (const component of components) {
    const result = toPackage(component, own);
    if (!result.ok) {
      unmatched.push({ component: titleOf(component), purl: cut(component.purl), reason: result.error });
      continue;
    }
    matched.push(result.value);
    if (result.value.problem !== '') problems.add(component, result.value.problem);
  }
  for (const { at, reason } of document.unreadable) unmatched.push({ component: at, purl: '', reason });
  return {
    inventory: inventoryOf(matched, own, problems.list()),
    components: components.length + document.unreadable.length,
    matched: matched.length,
    unmatched,
    harmless: unmatched.filter(({ reason }) => reason === SIGNING_KEY).length,
  };
}

/** The document's distributions first, then those of its packages that it does not name itself. */
function inventoryOf(
  matched: readonly PackageOfComponent[],
  own: readonly Distribution[],
  problems: readonly FileProblem[],
): Inventory {
  const distributions = new Map<string, Distribution>();
  for (const one of [...own, ...matched.map(({ distribution }) => distribution)]) {
    if (one === undefined) continue;
    const key = one.namespace || `${one.did} ${one.versionId} ${one.versionCodeName}`;
    if (!distributions.has(key)) distributions.set(key, one);
  }
  const all = [...distributions.values()];
  const products = new Map(all.map((one) => [one.namespace, packageProducts([], one, undefined)]));
  const packages = new Map<string, InventoryPackage>();
  for (const { package: bare } of matched) {
    const cpes = products.get(bare.namespace)?.cpesOf(bare, '') ?? [];
    const pkg: Package = { ...bare, cpes };
    const key = packageKey(pkg);
    if (!packages.has(key)) packages.set(key, { ...pkg, locations: [] });
  }
  const list = [...packages.values()].sort(comparePackages);
  const assumed = new Set(list.filter(({ cpes }) => cpes.length > 0).map(({ namespace }) => namespace));
  const assumptions = [...products].flatMap(([namespace, product]) => (assumed.has(namespace) ? product.problems : []));
  return { packages: list, distributions: all, problems: [...assumptions, ...problems] };
}

/** The first ones, and then how many more there are. */
class ComponentProblems {
  readonly #scanner: string;
  readonly #problems: FileProblem[] = [];
  #count = 0;

  constructor(formatId: string) {
    this.#scanner = formatId;
  }

  add(component: SbomComponent, reason: string): void {
    this.#count += 1;
    if (this.#count > PROBLEMS_MAX) return;
    this.#problems.push({ scanner: this.#scanner, path: titleOf(component), kind: 'malformed', reason });
  }

  list(): readonly FileProblem[] {
    const more = this.#count - this.#problems.length;
    if (more === 0) return this.#problems;
    const reason = `and ${more} more components`;
    return [...this.#problems, { scanner: this.#scanner, path: 'the document', kind: 'malformed', reason }];
  }
}

function titleOf({ name, version, ref }: SbomComponent): string {
  return cut(name === '' ? ref : `${name} ${version}`.trim());
}

/** Fit to be stored and sent, however long the document has it. */
function cut(text: string): string {
  const short = text.length > SHOWN_LENGTH_MAX ? `${text.slice(0, SHOWN_LENGTH_MAX)}…` : text;
  return isPlainText(short.slice(0, SHOWN_LENGTH_MAX)) ? short : JSON.stringify(short);
}
