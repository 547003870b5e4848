import { hash } from 'node:crypto';
import type { Coverage } from '@clair/contracts';

/** Raised when the same inventory and advisories give another body: a change of the matching rules or of a shape. */
const REPORT_REVISION = 1;

/** What the findings of a report follow from. */
export interface FindingsIdentity {
  readonly inventoryHash: string;
  /** As of which the advisories are. */
  readonly operation: number;
  /** As of which the enrichments are: the newest. */
  readonly newest: number;
  /** The namespaces of the inventory that feeds cover, which changes without an operation; sorted. */
  readonly covered: readonly string[];
}

export interface ReportIdentity extends FindingsIdentity {
  readonly manifest: string;
}

/** Of a v1 body, which shows advisories and packages and nothing of the feeds. Without quotes. */
export function etagV1(identity: ReportIdentity): string {
  return etagOf(['v1', identity.manifest, findingsKey(identity)]);
}

/** Of everything a report says, its coverage included. Without quotes. */
export function etagWhole(identity: ReportIdentity, coverage: Coverage): string {
  return etagOf(['v2', identity.manifest, findingsKey(identity), coverage]);
}

/** Equal where the findings are. */
export function findingsKey({ inventoryHash, operation, newest, covered }: FindingsIdentity): string {
  return JSON.stringify([inventoryHash, operation, newest, ...covered]);
}

function etagOf(parts: readonly unknown[]): string {
  return hash('sha256', JSON.stringify([REPORT_REVISION, ...parts]), 'hex').slice(0, 32);
}
