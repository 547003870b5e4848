export {
  DISTRIBUTIONS,
  type DistributionIdentity,
  type KnownDistribution,
  namespaceOf,
  packageNamespace,
} from './distributions.ts';
export type { MissingBytes } from './file-reading.ts';
export type { InventoryLayer } from './layer-overlay.ts';
export { LayerReportBuilder } from './layer-report-builder.ts';
export { SCANNERS } from './registry.ts';
export { resolveInventory } from './resolve-inventory.ts';
export type { ScannedFile, Scanner, ScanOutcome, UnreadableFile } from './scanner.ts';
export { scannerState } from './scanner-state.ts';
