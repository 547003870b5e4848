/** A report as it is shown: what `report-text` draws, made from the service's v2 report. */
export interface ReportView {
  /** As the user named it. */
  readonly image: string;
  /** The digest of an image; of a document, what it is and what wrote it. */
  readonly identity: string;
  readonly subject: 'image' | 'document';
  /** `Debian GNU/Linux 12 (bookworm)`; empty when the image does not say. */
  readonly distribution: string;
  /** What is known to be exploited first, then the most severe, then by package and id. */
  readonly findings: readonly FindingView[];
  /** What to know of the image before believing the rest, a sentence each. */
  readonly notes: readonly string[];
  readonly coverage: CoverageView;
  /** Components of a document that could not be matched, grouped by reason, the most frequent first. */
  readonly unmatched: readonly UnmatchedView[];
}

export interface UnmatchedView {
  readonly reason: string;
  readonly count: number;
  /** The first few. */
  readonly components: readonly string[];
}

export interface FindingView {
  readonly severity: string;
  readonly package: string;
  readonly installed: string;
  /** Empty: no fix is known. */
  readonly fixedIn: string;
  readonly fixState: string;
  readonly id: string;
  /** The layer that brought the package, counted from the base: `#1`. */
  readonly layer: string;
  readonly verdict: string;
  readonly reason: string;
  /** Some flaw of it is known to be exploited. */
  readonly isExploited: boolean;
}

export interface CoverageView {
  readonly verdict: string;
  /** A line for each namespace: `debian:12: 88 packages against debian (2 hours old)`. */
  readonly namespaces: readonly string[];
  /** Why the verdict is not `complete`, a sentence each. */
  readonly reasons: readonly string[];
}
