/** What a document says of one component, before anything is decided about it. Texts that it does not say are empty. */
export interface SbomComponent {
  /** How the document refers to it: `bom-ref`, `SPDXID`, `id`, or else where it is in the document. */
  readonly ref: string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  /** What its tool says beside the package URL. */
  readonly facts: PackageFacts;
}

/** Facts about a package of a distribution, under whatever names a tool writes them. */
export interface PackageFacts {
  readonly epoch: string;
  readonly arch: string;
  /** rpm's `name:stream`, with or without what follows in the whole label. */
  readonly module: string;
  /** The source package; with a version, that includes epoch and release. */
  readonly source: { readonly name: string; readonly version: string };
  /** The file name of rpm's source package. */
  readonly sourceRpm: string;
}

export const NO_FACTS: PackageFacts = {
  epoch: '',
  arch: '',
  module: '',
  source: { name: '', version: '' },
  sourceRpm: '',
};

/** Beyond it a document is no image's: the largest have some 10,000. */
export const COMPONENTS_MAX = 100_000;

export const TOO_MANY = `the document has more than ${COMPONENTS_MAX} components`;

/** The distribution that a document or a package URL names, in the words of its tool. */
export interface StatedDistribution {
  /** `debian`, `redhat`, `suse linux enterprise server`. */
  readonly id: string;
  /** `12`, `9.0`, `2 (Karoo)`. */
  readonly version: string;
  readonly codeName: string;
  readonly prettyName: string;
}

/** A document, whatever its format. */
export interface SbomDocument {
  /** `syft 1.42.2`; empty when the document does not say what wrote it. */
  readonly tool: string;
  /** Those that the document itself says it is about, apart from what its components say. */
  readonly distributions: readonly StatedDistribution[];
  /** What is to be matched: neither files, nor the image, nor its operating system. */
  readonly components: readonly SbomComponent[];
  /** Where an entry is that is no component at all, by what it is instead. */
  readonly unreadable: readonly { readonly at: string; readonly reason: string }[];
}
