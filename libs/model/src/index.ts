export type { Advisory, Affected, AffectedStatus, FixState, Rejection, VersionRange } from './advisory.ts';
export { compareText } from './compare-text.ts';
export {
  type Digest,
  type DigestAlgorithm,
  type DigestError,
  digestAlgorithm,
  digestHex,
  parseDigest,
} from './digest.ts';
export type { Distribution } from './distribution.ts';
export { ECOSYSTEMS, type Ecosystem, ecosystemOfNamespace, ecosystemOfType, normalizePythonName } from './ecosystem.ts';
export { type Enrichment, type FlawFacts, type FlawScore, mergeFacts } from './enrichment.ts';
export { assertNever, Bug, invariant, Unavailable } from './errors.ts';
export type { Verdict } from './finding.ts';
export type { Inventory, InventoryPackage } from './inventory.ts';
export type {
  FileFindings,
  FileProblem,
  FoundPackage,
  LayerReport,
  OwnedFiles,
  PackageOrigin,
  RepositoryFacts,
} from './layer-report.ts';
export {
  type Package,
  type PackageLocation,
  packageKey,
  type ScannedPackage,
  type SchemeId,
  type SourcePackage,
} from './package.ts';
export { err, ok, type Result } from './result.ts';
export { compareSeverity, parseSeverity, SEVERITIES, type Severity } from './severity.ts';
