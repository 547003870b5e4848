import type { Affected } from '@clair/model';

/** What a package test says of one package. */
export type OvalPackage = Pick<Affected, 'package' | 'range' | 'status' | 'fixState'>;

/** What a criterion means to a feed: the part that it adds to a row. */
export type OvalMeaning =
  | { readonly kind: 'packages'; readonly packages: readonly OvalPackage[]; readonly arches?: readonly string[] }
  /** Any of these is installed. */
  | { readonly kind: 'platform'; readonly namespaces: readonly string[] }
  /** A product that has no namespace here. What is said of it alone is left out, and the product reported. */
  | { readonly kind: 'elsewhere'; readonly product: string }
  | { readonly kind: 'arch'; readonly arches: readonly string[] }
  | { readonly kind: 'module'; readonly module: string }
  /** Something that the feed wants to know of the rows under it: `ksplice`. */
  | { readonly kind: 'mark'; readonly mark: string }
  /** Holds for every package that the rows are about: a signature. */
  | { readonly kind: 'always' }
  | { readonly kind: 'never' }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** One way in which a definition is true: all of it holds together. What is `undefined` is not asked. */
export interface OvalCase {
  readonly package: OvalPackage | undefined;
  readonly namespace: string | undefined;
  readonly arches: readonly string[] | undefined;
  readonly module: string | undefined;
  /** Sorted. */
  readonly marks: readonly string[];
}

export const ALWAYS: OvalCase = {
  package: undefined,
  namespace: undefined,
  arches: undefined,
  module: undefined,
  marks: [],
};

/** The same for cases that say the same. */
export function caseKey({ package: pkg, namespace, arches, module, marks }: OvalCase): string {
  const said = pkg && [
    pkg.package,
    pkg.status,
    pkg.fixState,
    pkg.range.introduced,
    pkg.range.fixed,
    pkg.range.lastAffected,
  ];
  return JSON.stringify([namespace, arches, module, marks, said]);
}

/**
 * What holds when both hold: `never` when they exclude one another (two platforms, two modules, no architecture in common), and a reason
 * when only a row about two packages at once could say it.
 */
export function bothHold(a: OvalCase, b: OvalCase): OvalCase | 'never' | { readonly reason: string } {
  if (a === ALWAYS) return b;
  if (b === ALWAYS) return a;
  if (a.namespace !== undefined && b.namespace !== undefined && a.namespace !== b.namespace) return 'never';
  if (a.module !== undefined && b.module !== undefined && a.module !== b.module) return 'never';
  const arches = a.arches && b.arches ? a.arches.filter((arch) => b.arches?.includes(arch)) : (a.arches ?? b.arches);
  if (arches !== undefined && arches.length === 0) return 'never';
  const pkg = bothPackages(a.package, b.package);
  if (pkg !== undefined && 'reason' in pkg) return pkg;
  return {
    package: pkg,
    namespace: a.namespace ?? b.namespace,
    arches,
    module: a.module ?? b.module,
    marks: [...new Set([...a.marks, ...b.marks])].sort(),
  };
}

function bothPackages(
  a: OvalPackage | undefined,
  b: OvalPackage | undefined,
): OvalPackage | undefined | { readonly reason: string } {
  if (a === undefined || b === undefined) return a ?? b;
  if (a.package !== b.package) return { reason: `it is about ${a.package} and ${b.package} at once` };
  if (a.status !== b.status) return { reason: `${a.package} is ${a.status} and ${b.status}` };
  const shared = Object.keys(a.range).find((bound) => bound in b.range);
  if (shared !== undefined) return { reason: `${a.package} has two bounds of the same kind` };
  const range = { ...a.range, ...b.range };
  return { ...a, range, fixState: range.fixed === undefined ? a.fixState : 'fixed' };
}
