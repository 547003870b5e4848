import type { Inventory } from '@clair/model';

/** A component that no advisory can be asked about. */
export interface UnmatchedComponent {
  /** Its name with its version; or how the document refers to it. */
  readonly component: string;
  /** Empty when it has none. */
  readonly purl: string;
  /** For a person; the same words for the same reason. */
  readonly reason: string;
}

/** What a document says is installed. */
export interface SbomInventory {
  /** Id of the format: `cyclonedx`, `spdx`, `syft`. */
  readonly format: string;
  /** `syft 1.42.2`; empty when the document does not say what wrote it. */
  readonly tool: string;
  /** As an image's: packages sorted and distinct. Locations are not known; problems are about single components. */
  readonly inventory: Inventory;
  /** Components that were looked at: {@link matched} and those in {@link unmatched}. */
  readonly components: number;
  /** Components that are a package of the inventory; there are fewer packages where several are the same one. */
  readonly matched: number;
  /** In the order of the document. */
  readonly unmatched: readonly UnmatchedComponent[];
  /** How many of {@link unmatched} are no software (signing keys), so that nothing is missed by leaving them out. */
  readonly harmless: number;
}
