import type { Package } from '@clair/model';
import type { AdvisoryIndex, Decided } from './advisory-index.ts';
import type { RecordedFinding, RecordedScan } from './recorded-scan.ts';

/** A (package, flaw) that one of two scanners reports. */
export interface Difference {
  readonly kind: 'missing' | 'surplus';
  readonly scan: RecordedScan;
  readonly id: string;
  /** Absent: the report names a package that the list beside it does not have. */
  readonly pkg: Package | undefined;
  /** Theirs, of what is missing. */
  readonly finding: RecordedFinding | undefined;
  /** Ours, of what is surplus. */
  readonly decided: Decided | undefined;
}

export interface Comparison {
  readonly identical: number;
  readonly differences: readonly Difference[];
}

/**
 * What the matcher makes of the scan's packages beside what was reported of them, as sets of (package name, flaw). What cannot be
 * decided is a finding of ours too, as it is in a report.
 */
export function compareScan(scan: RecordedScan, index: AdvisoryIndex): Comparison {
  const theirs = new Map(scan.findings.map((finding) => [`${finding.pkg} ${finding.id}`, finding]));
  const ours = new Map<string, { readonly pkg: Package; readonly decided: Decided }>();
  for (const pkg of scan.packages) {
    for (const decided of index.decide(pkg)) {
      if (decided.kind !== 'not-affected') ours.set(`${pkg.name} ${decided.id}`, { pkg, decided });
    }
  }
  const byName = new Map(scan.packages.map((pkg) => [pkg.name, pkg]));
  const missing = [...theirs].filter(([key]) => !ours.has(key));
  const surplus = [...ours].filter(([key]) => !theirs.has(key));
  return {
    identical: ours.size - surplus.length,
    differences: [
      ...missing.map(([, finding]) => ({
        kind: 'missing' as const,
        scan,
        id: finding.id,
        pkg: byName.get(finding.pkg),
        finding,
        decided: undefined,
      })),
      ...surplus.map(([, { pkg, decided }]) => ({
        kind: 'surplus' as const,
        scan,
        id: decided.id,
        pkg,
        finding: undefined,
        decided,
      })),
    ],
  };
}
