import type { Package } from '@clair/model';

export interface Held {
  /** Package 1 first. */
  readonly packages: readonly Package[];
  /** By inventory, from 1. */
  readonly idsOf: readonly (readonly number[] | undefined)[];
  /** How many manifests share the inventory. */
  readonly weights: readonly (number | undefined)[];
}

export interface Choice {
  readonly count: number;
  readonly share: number;
  readonly manifests: number;
}

const CANDIDATES = 3000;

/**
 * That many packages of distributions, each in about as many manifests as the others, that are together in about that share of
 * all. Packages of one image are mostly in the same images, so each next one is taken for the manifests that it adds.
 */
export function chooseHeld(held: Held, { count, share, manifests }: Choice): readonly Package[] {
  const target = share * manifests;
  const each = target / count;
  const holders = holdersOf(held, each);
  const touched = new Set<number>();
  const chosen: Package[] = [];
  const spare: Package[] = [];
  let sum = 0;
  for (const { example, inventories } of holders) {
    const fresh = inventories.filter((id) => !touched.has(id));
    const adds = fresh.reduce((all, id) => all + (held.weights[id] ?? 0), 0);
    if (chosen.length >= count) break;
    if (adds < each / 2 || sum + adds > target * 1.2) {
      if (adds < each / 2) spare.push(example);
      continue;
    }
    chosen.push(example);
    sum += adds;
    for (const id of fresh) touched.add(id);
  }
  return [...chosen, ...spare].slice(0, count);
}

/** The packages, any version taken together, whose number of manifests is nearest to `each`. */
function holdersOf({ packages, idsOf, weights }: Held, each: number) {
  const names = new Map<string, number>();
  const nameOf: number[] = [0];
  const examples: Package[] = [];
  for (const one of packages) {
    const isOrdered = one.type === 'deb' || one.type === 'rpm';
    const name = `${one.namespace} ${one.name}`;
    if (isOrdered && !names.has(name)) names.set(name, examples.push(one) - 1);
    nameOf.push(isOrdered ? (names.get(name) ?? -1) : -1);
  }
  const manifests = new Array<number>(examples.length).fill(0);
  const eachName = (ids: readonly number[]) => new Set(ids.map((id) => nameOf[id] ?? -1).filter((name) => name >= 0));
  for (const [id, ids] of idsOf.entries()) {
    for (const name of eachName(ids ?? [])) manifests[name] = (manifests[name] ?? 0) + (weights[id] ?? 0);
  }
  const distance = (name: number) => Math.abs((manifests[name] ?? 0) - each);
  const nearest = examples
    .map((_, name) => name)
    .sort((a, b) => distance(a) - distance(b))
    .slice(0, CANDIDATES);
  const inventories = new Map<number, number[]>(nearest.map((name) => [name, []]));
  for (const [id, ids] of idsOf.entries()) for (const name of eachName(ids ?? [])) inventories.get(name)?.push(id);
  return nearest.flatMap((name) => {
    const example = examples[name];
    return example === undefined ? [] : [{ example, inventories: inventories.get(name) ?? [] }];
  });
}
