import { createRandom, type Random } from '@clair/testing';
import type { VersionScheme } from '../scheme.ts';

export interface OrderSample {
  /** Real versions of the ecosystem; what is compared are mixtures and slips of them. */
  readonly versions: readonly string[];
  readonly triples: number;
  readonly seed: number;
}

/** What {@link sampleOrder} has seen. */
export interface OrderVerdict {
  /** Triples (or pairs) for which the comparison is no total order; each as text. */
  readonly broken: readonly string[];
  /** How many triples had three texts that parse: only these say something. */
  readonly compared: number;
  /** The signs that came up. */
  readonly signs: ReadonlySet<number>;
}

/** Puts random triples of nearly equal versions to the laws of a total order. */
export function sampleOrder<V>(scheme: VersionScheme<V>, { versions, triples, seed }: OrderSample): OrderVerdict {
  const random = createRandom(seed);
  const broken: string[] = [];
  const signs = new Set<number>();
  let compared = 0;
  for (let i = 0; i < triples; i++) {
    const base = random.pick(versions);
    const texts = [mutated(base, versions, random), mutated(base, versions, random), mutated(base, versions, random)];
    const values = texts.map((text) => scheme.parse(text)).flatMap((parsed) => (parsed.ok ? [parsed.value] : []));
    if (values.length < texts.length) continue;
    compared++;
    const [ab, bc, ac] = [sign(scheme, values, 0, 1), sign(scheme, values, 1, 2), sign(scheme, values, 0, 2)];
    signs.add(ab);
    const isAntisymmetric = [
      [0, 1],
      [1, 2],
      [0, 2],
      [0, 0],
    ].every(([a = 0, b = 0]) => sign(scheme, values, a, b) + sign(scheme, values, b, a) === 0);
    const isTransitive = !(ab <= 0 && bc <= 0 && ac > 0) && !(ab >= 0 && bc >= 0 && ac < 0) && (ab !== 0 || bc === ac);
    if (!isAntisymmetric || !isTransitive) broken.push(texts.join('  '));
  }
  return { broken, compared, signs };
}

function sign<V>(scheme: VersionScheme<V>, values: readonly V[], a: number, b: number): number {
  const [left] = values.slice(a);
  const [right] = values.slice(b);
  return left === undefined || right === undefined ? Number.NaN : Math.sign(scheme.compare(left, right));
}

/** `base` with up to two pieces cut, doubled, changed or taken from another version. */
function mutated(base: string, versions: readonly string[], random: Random): string {
  let pieces: readonly string[] = base.match(/[0-9]+|[A-Za-z]+|./g) ?? [];
  for (let changes = random.int(0, 2); changes > 0; changes--) {
    const at = random.int(0, pieces.length);
    const piece = pieces[at] ?? '';
    const others = random.pick(versions).match(/[0-9]+|[A-Za-z]+|./g) ?? [];
    const replacement = random.pick(['', `${piece}${piece}`, `0${piece}`, '0', '1', 'a', '-', '.', ...others]);
    pieces = [...pieces.slice(0, at), replacement, ...pieces.slice(at + 1)];
  }
  return pieces.join('');
}
