export {
  DISTRIBUTIONS,
  type DistributionIdentity,
  distributionById,
  distributionOf,
  distributionOfNamespace,
  type EndOfLife,
  endOfLifeOf,
  type KnownDistribution,
  namespaceOf,
  packageNamespace,
  releaseTitle,
} from './distributions/index.ts';
export { scannedFile } from './file-reading.ts';
export { contentOf, type FileContent, type MissingContent } from './layer-content.ts';
export type { InventoryLayer } from './layer-overlay.ts';
export { LayerReportBuilder } from './layer-report-builder.ts';
export { MAPPING_UNAVAILABLE, needsRepositoryMapping, packageProducts } from './package-products.ts';
export { isPlainText, quoted } from './plain-text.ts';
export { SCANNERS } from './registry.ts';
export { parseRepositoryMapping, type RepositoryMapping } from './repository-mapping.ts';
export { comparePackages, resolveInventory } from './resolve-inventory.ts';
export {
  HEAD_BYTES,
  ownSource,
  type ScannedFile,
  type Scanner,
  type ScanOutcome,
  type ScanProblem,
  type UnreadableFile,
} from './scanner.ts';
export { scannerState } from './scanner-state.ts';
export { javaScanner } from './scanners/java/index.ts';
export type { JarIndex } from './scanners/java/jar-index.ts';
export { parseSourceRpm, type SourceRpm } from './scanners/rpm/source-rpm.ts';
