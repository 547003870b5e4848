import { hash } from 'node:crypto';
import type { Coverage } from '@clair/contracts';

/** Raised when the same inventory and advisories give another body: a change of the matching rules or of a shape. */
const REPORT_REVISION = 1;

export interface ReportIdentity {
  readonly manifest: string;
  readonly inventoryHash: string;
  readonly operation: number;
}

/** Of a v1 body, which shows advisories and packages and nothing of the feeds. Without quotes. */
export function etagV1(identity: ReportIdentity): string {
  return etagOf(['v1', identity.manifest, identity.inventoryHash, identity.operation]);
}

/** Of everything a report says, its coverage included. Without quotes. */
export function etagWhole(identity: ReportIdentity, coverage: Coverage): string {
  return etagOf(['v2', identity.manifest, identity.inventoryHash, identity.operation, coverage]);
}

function etagOf(parts: readonly unknown[]): string {
  return hash('sha256', JSON.stringify([REPORT_REVISION, ...parts]), 'hex').slice(0, 32);
}
