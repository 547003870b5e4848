import { createHash } from 'node:crypto';
import { type Package, packageKey } from '@clair/model';

/** Share of a base's distribution packages that one state has in another version. */
const UPGRADED = 0.08;
/** Images of one application, each pushed after the other. */
const BUILDS = 40;
/** Share of builds that find a newer base, or other packages of their own; the others change code only. */
const CHANGING = 0.2;
const APPLICATION_PACKAGES = [5, 120] as const;

export interface SyntheticManifest {
  /** Images with equal packages have equal keys. */
  readonly inventoryKey: string;
  /** Ascending, distinct; from 1. */
  packageIds(): readonly number[];
}

/**
 * Images made of real ones. An application stands on one base (few of them are under most applications) and brings language packages,
 * taken from another real image; it is built again and again, and one build in five changes packages. The same every time.
 */
export class SyntheticFleet {
  readonly packages: Package[] = [];
  readonly #ids = new Map<string, number>();
  readonly #random = randomFrom(20_261_124);
  readonly #bases: readonly (readonly Package[])[];
  readonly #donors: readonly (readonly Package[])[];
  readonly #states = new Map<string, readonly number[]>();

  constructor(inventories: readonly (readonly Package[])[]) {
    const ofDistribution = (one: Package) => one.type === 'deb' || one.type === 'rpm' || one.type === 'apk';
    const isSome = ({ length }: readonly Package[]) => length > 0;
    this.#bases = inventories.map((packages) => packages.filter(ofDistribution)).filter(isSome);
    this.#donors = inventories.map((packages) => packages.filter((one) => !ofDistribution(one))).filter(isSome);
  }

  *manifests(count: number): Generator<SyntheticManifest> {
    for (let application = 0, made = 0; made < count; application += 1) {
      // Popularity falls with the rank: a tenth of the bases is under nearly half of the applications.
      const base = Math.floor(this.#bases.length * this.#random() ** 3);
      let state = this.#below(4);
      let own = this.#application();
      for (let build = 0, change = 0; build < BUILDS && made < count; build += 1, made += 1) {
        if (this.#random() < CHANGING) {
          change += 1;
          if (this.#random() < 0.5) state += 1;
          else own = this.#application();
        }
        const [onBase, onTop] = [state, own];
        yield {
          inventoryKey: `${application}.${change}`,
          packageIds: () => [...new Set([...this.#stateOf(base, onBase), ...onTop])].sort((a, b) => a - b),
        };
      }
    }
  }

  #stateOf(base: number, state: number): readonly number[] {
    const key = `${base}.${state}`;
    const known = this.#states.get(key);
    if (known !== undefined) return known;
    const ids = (this.#bases[base] ?? []).map((one) => this.#id(upgraded(one, state)));
    this.#states.set(key, ids);
    return ids;
  }

  #application(): readonly number[] {
    const pool = this.#donors[this.#below(this.#donors.length)] ?? [];
    const [least, most] = APPLICATION_PACKAGES;
    const wanted = least + this.#below(most - least);
    const from = this.#below(pool.length);
    return pool.slice(from, from + wanted).map((one) => this.#id(one));
  }

  #id(one: Package): number {
    const key = packageKey(one);
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.packages.push(one);
    this.#ids.set(key, id);
    return id;
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }
}

/** The package as a later state has it; which packages a state has changed is the same for every image. */
function upgraded(one: Package, state: number): Package {
  if (state === 0 || one.type === 'apk') return one;
  const byte = createHash('sha256').update(`${state} ${one.namespace} ${one.name}`).digest()[0] ?? 0;
  if (byte >= 256 * UPGRADED) return one;
  const version = `${one.version}.s${state}`;
  return { ...one, version, source: { ...one.source, version: `${one.source.version}.s${state}` } };
}

/** mulberry32: small, and the same everywhere. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
