import type { Package } from '@clair/model';

/** Whether a package is of the module that an advisory speaks of. */
export type ModuleMatch =
  | { readonly kind: 'yes' }
  | { readonly kind: 'no'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

const YES: ModuleMatch = { kind: 'yes' };

/** What an advisory says that is about the packages of a module, and does not say of which. */
const SOME_MODULE = '*';

/** `12.module+el8.10.0+23147+95b68fad`: the release of every build of a module. */
const BUILT_IN_MODULE = /\.module[+_]/;

/**
 * Modules are the same when `name:stream` is; which of a stream's builds it is (its context) makes no difference. A package that
 * was built in a module, and whose database has lost the label that says in which, may be of any: it is never of none.
 */
export function moduleApplies(pkg: Pick<Package, 'module' | 'version'>, module: string): ModuleMatch {
  if (module === SOME_MODULE && pkg.module !== '') {
    return {
      kind: 'unknown',
      reason: `the advisory does not say of which module it is, the package is of ${pkg.module}`,
    };
  }
  if (pkg.module === module) return pkg.module === '' && isBuiltInModule(pkg) ? outsideAnyModule(pkg) : YES;
  if (pkg.module === '' && isBuiltInModule(pkg)) {
    return { kind: 'unknown', reason: `the advisory is about module ${module}, the package does not say its module` };
  }
  return module === '' ? outsideAnyModule(pkg) : { kind: 'no', reason: `the advisory is about module ${module}` };
}

function isBuiltInModule({ version }: Pick<Package, 'version'>): boolean {
  return BUILT_IN_MODULE.test(version);
}

function outsideAnyModule({ module }: Pick<Package, 'module'>): ModuleMatch {
  const of = module === '' ? 'a module' : module;
  return { kind: 'no', reason: `the advisory is about the package outside any module, this one is of ${of}` };
}
