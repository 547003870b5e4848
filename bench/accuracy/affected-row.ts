import type { Affected } from '@clair/model';

/** An affected row of a source that says no more than which versions, of every architecture, outside any module or product. */
export function affectedRow(
  row: Pick<Affected, 'namespace' | 'package' | 'packageKind' | 'scheme' | 'range' | 'status' | 'fixState'>,
): Affected {
  return { ...row, arches: [], module: '', cpe: '', bulletin: '', severity: '', normalizedSeverity: 'Unknown' };
}
