import { isJsonObject, type JsonObject } from '../../json-fields.ts';

/** A product or a component, as `product_identification_helper` identifies it; either may be empty. */
export interface Product {
  readonly id: string;
  readonly cpe: string;
  readonly purl: string;
}

/** A component of a product, with what lies between the two (the module that holds a package). */
export interface Composition {
  readonly component: Product;
  readonly product: Product;
  /** Between component and product, the nearest to the component first. */
  readonly between: readonly Product[];
}

interface Relationship {
  readonly component: string;
  readonly of: string;
}

/** Deeper branches, or longer chains of relationships, are in no document; it ends there. */
const DEPTH_MAX = 20;

/**
 * The products of a document by id, and what is a component of what.
 * @see https://docs.oasis-open.org/csaf/csaf/v2.0/os/csaf-v2.0-os.html#322-product-tree-property
 */
export class ProductTree {
  readonly #products = new Map<string, Product>();
  readonly #relationships = new Map<string, Relationship>();
  readonly #groups = new Map<string, readonly string[]>();

  constructor(tree: unknown) {
    if (!isJsonObject(tree)) return;
    this.#readBranches(tree, 0);
    for (const product of objects(tree.full_product_names)) this.#readProduct(product);
    for (const relationship of objects(tree.relationships)) this.#readRelationship(relationship);
    for (const group of objects(tree.product_groups)) {
      if (typeof group.group_id === 'string') this.#groups.set(group.group_id, texts(group.product_ids));
    }
  }

  /** The ids that a statement (a remediation, a threat) is about; `undefined` when it names none and so speaks of all. */
  namedIds(statement: JsonObject): readonly string[] | undefined {
    if (statement.product_ids === undefined && statement.group_ids === undefined) return undefined;
    const grouped = texts(statement.group_ids).flatMap((group) => this.#groups.get(group) ?? []);
    return [...texts(statement.product_ids), ...grouped];
  }

  has(id: string): boolean {
    return this.#products.has(id) || this.#relationships.has(id);
  }

  /** The component and the product of a composed id; `undefined` when the id is a product by itself, or nothing. */
  composition(id: string): Composition | undefined {
    const relationship = this.#relationships.get(id);
    if (relationship === undefined) return undefined;
    const between: Product[] = [];
    let { of } = relationship;
    for (let hops = 0; hops < DEPTH_MAX; hops += 1) {
      const outer = this.#relationships.get(of);
      if (outer === undefined) break;
      between.push(this.#product(outer.component));
      of = outer.of;
    }
    return { component: this.#product(relationship.component), product: this.#product(of), between };
  }

  #product(id: string): Product {
    return this.#products.get(id) ?? { id, cpe: '', purl: '' };
  }

  #readBranches(of: JsonObject, depth: number): void {
    if (depth > DEPTH_MAX) return;
    for (const branch of objects(of.branches)) {
      if (isJsonObject(branch.product)) this.#readProduct(branch.product);
      this.#readBranches(branch, depth + 1);
    }
  }

  #readProduct(product: JsonObject): void {
    if (typeof product.product_id !== 'string') return;
    const helper = isJsonObject(product.product_identification_helper) ? product.product_identification_helper : {};
    const { cpe, purl } = helper;
    this.#products.set(product.product_id, {
      id: product.product_id,
      cpe: typeof cpe === 'string' ? cpe : '',
      purl: typeof purl === 'string' ? purl : '',
    });
  }

  #readRelationship({
    full_product_name: full,
    product_reference: component,
    relates_to_product_reference: of,
  }: JsonObject): void {
    if (!isJsonObject(full) || typeof full.product_id !== 'string') return;
    if (typeof component !== 'string' || typeof of !== 'string') return;
    this.#relationships.set(full.product_id, { component, of });
  }
}

/** The objects of an array; anything else of it, or no array, is left out. */
export function objects(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** The texts of an array. */
export function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
