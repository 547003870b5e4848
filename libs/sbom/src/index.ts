export { readSbom } from './read-sbom.ts';
export { SBOM_FORMATS } from './registry.ts';
export type { SbomFormat } from './sbom-format.ts';
export type { SbomInventory, UnmatchedComponent } from './sbom-inventory.ts';
