import type { Affected } from '@clair/model';
import { caseKey, type OvalCase } from './oval-case.ts';

/** What all rows of a definition have in common. */
export type RowBase = Pick<Affected, 'packageKind' | 'scheme' | 'bulletin' | 'severity' | 'normalizedSeverity'>;

export interface AffectedRows {
  readonly rows: readonly Affected[];
  /** Each is a case of which no row could be made, with why. */
  readonly problems: readonly string[];
}

/**
 * The rows of a definition's cases. Cases that differ in the architecture only are one row of all of them, sorted.
 * A case without a platform, or without a package, is a problem.
 */
export function affectedRows(cases: readonly OvalCase[], base: RowBase): AffectedRows {
  const problems = new Set<string>();
  const byKey = new Map<string, { readonly row: Omit<Affected, 'arches'>; arches: Set<string> | undefined }>();
  for (const each of cases) {
    const { package: pkg, namespace, module = '' } = each;
    if (pkg === undefined) problems.add('a case of the criteria asks for no package');
    else if (namespace === undefined) problems.add(`a case about ${pkg.package} asks for no platform`);
    else {
      const key = caseKey({ ...each, arches: undefined, marks: [] });
      const known = byKey.get(key);
      if (known === undefined) {
        const arches = each.arches && new Set(each.arches);
        byKey.set(key, { row: { ...base, ...pkg, namespace, module, cpe: '' }, arches });
      } else if (each.arches === undefined) known.arches = undefined;
      else for (const arch of each.arches) known.arches?.add(arch);
    }
  }
  const rows = [...byKey.values()].map(({ row, arches }) => ({ ...row, arches: [...(arches ?? [])].sort() }));
  return { rows, problems: [...problems] };
}
