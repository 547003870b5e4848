import { type IndexerServiceClient, inventoryFromWire } from '@clair/contracts';
import { Bug, type Digest } from '@clair/model';
import { ServiceError } from '@clair/service-kit';
import { groupInventory } from './report/inventory-groups.ts';
import {
  type MatchDeps,
  type ReportEtags,
  type ReportOutcome,
  type ReportSubject,
  reportOn,
} from './report-on-subject.ts';
import type { Moment } from './store/candidates.ts';

export interface ReportDeps extends MatchDeps {
  readonly indexer: IndexerServiceClient;
}

export interface ReportRequest {
  readonly manifest: Digest;
  readonly moment: Moment;
  /** Asked before the work is done, with the two ETags; when it says so, the caller has the body already. */
  readonly isKnown?: (etags: ReportEtags) => boolean;
}

/**
 * What is known against the packages of a manifest, see {@link reportOn}. Throws `ServiceError('not-found')` for a manifest
 * whose index did not finish, and `ServiceError('failed-precondition')` for a moment before the retained history.
 */
export async function buildReport(deps: ReportDeps, request: ReportRequest): Promise<ReportOutcome> {
  const { manifest, ...asked } = request;
  return reportOn(deps, { ...asked, subject: () => fetchSubject(deps, manifest) });
}

/** From the cache when the indexer says the inventory is still the same; the manifest's report is not fetched then. */
async function fetchSubject(deps: ReportDeps, manifest: Digest): Promise<ReportSubject> {
  const { state, inventoryHash } = await deps.indexer.getInventoryHash({ hash: manifest });
  if (state !== 'IndexFinished') throw notFinished(manifest);
  const cached = deps.caches.inventories.get(inventoryHash);
  if (cached !== undefined) return { kind: 'image', manifest, inventory: cached, hash: inventoryHash };
  const { report } = await deps.indexer.getIndexReport({ hash: manifest });
  if (report?.state !== 'IndexFinished') throw notFinished(manifest);
  const inventory = inventoryFromWire(report);
  if (!inventory.ok) {
    throw new Bug(`the indexer sent a report that does not read: ${inventory.error.at} ${inventory.error.reason}`);
  }
  const grouped = groupInventory(inventory.value);
  deps.caches.inventories.set(report.inventoryHash, grouped);
  return { kind: 'image', manifest, inventory: grouped, hash: report.inventoryHash };
}

function notFinished(manifest: Digest): ServiceError {
  return new ServiceError('not-found', `the index of ${manifest} is not finished`);
}
