import type { MatcherServiceImplementation } from '@clair/contracts';
import type { MatcherDeps } from '../matcher-deps.ts';
import { handleApplyUpdate } from './apply-update.ts';
import { handleDeleteUpdateOperation } from './delete-update-operation.ts';
import { handleDiffOperations } from './diff-operations.ts';
import { handleGetSbomReport } from './get-sbom-report.ts';
import { handleGetVulnerabilityReport } from './get-vulnerability-report.ts';
import { handleListFeeds } from './list-feeds.ts';
import { handleListUpdateOperations } from './list-update-operations.ts';

/** The registry of methods: one line a method, and a missing one does not compile. */
export function createImplementation(deps: MatcherDeps): MatcherServiceImplementation {
  return {
    applyUpdate: (request) => handleApplyUpdate(deps, request),
    getVulnerabilityReport: (request) => handleGetVulnerabilityReport(deps, request),
    getSbomReport: (request) => handleGetSbomReport(deps, request),
    listFeeds: () => handleListFeeds(deps),
    listUpdateOperations: (request) => handleListUpdateOperations(deps, request),
    deleteUpdateOperation: (request) => handleDeleteUpdateOperation(deps, request),
    diffOperations: (request) => handleDiffOperations(deps, request),
  };
}
