import type { IndexReport } from '../generated/clair/indexer/v1/indexer.ts';
import { type InventoryV1, inventoryV1 } from './inventory-v1.ts';

/** Clair's index report. @see https://github.com/quay/claircore/blob/main/indexreport.go */
export interface IndexReportV1 extends InventoryV1 {
  readonly manifest_hash: string;
  readonly state: string;
  readonly success: boolean;
  readonly err: string;
}

/** What of an index report Clair's shape has a place for. */
export type IndexReportFacts = Pick<
  IndexReport,
  'manifestHash' | 'state' | 'success' | 'err' | 'packages' | 'distributions'
>;

/** A report in Clair's shape, fields in Clair's order. The same report gives the same bytes. */
export function indexReportV1(report: IndexReportFacts): IndexReportV1 {
  const { packages, distributions, repository, environments } = inventoryV1(report).inventory;
  return {
    manifest_hash: report.manifestHash,
    state: report.state,
    packages,
    distributions,
    repository,
    environments,
    success: report.success,
    err: report.err,
  };
}
