import type { TarEntry } from '@clair/testing';

/** What a document is served as, by its path below the feed's folder. A folder answers with a listing of what is in it. */
export type FeedDocuments = Readonly<Record<string, string | Uint8Array>>;

/** A distribution: what its vendor publishes, images of it, and what is to be found in them. */
export interface DistributionCase {
  readonly name: string;
  /** Absent: nobody here reads its advisories. Several distributions may name one feed; their documents must not overlap. */
  readonly feed?: {
    readonly id: string;
    /** `url`: of the folder that the documents are served from, without a slash at the end. */
    options(url: string): Readonly<Record<string, string>>;
    documents(url: string): FeedDocuments;
  };
  readonly images: readonly ImageCase[];
}

export interface ImageCase {
  readonly name: string;
  readonly files: readonly TarEntry[];
  /** Of the whole inventory: `name.arch version`. */
  readonly packages: readonly string[];
  /**
   * By hand, from the documents: `name.arch version: ID verdict, fix state[, < version of the fix], severity`. What is not
   * here must not be found; why not stands beside the record in the documents.
   */
  readonly findings: readonly string[];
  readonly coverage: {
    readonly verdict: 'complete' | 'partial' | 'unknown';
    readonly reasons: readonly string[];
  };
}

/** Everything was looked at, with a vendor behind it. */
export const COMPLETE: ImageCase['coverage'] = { verdict: 'complete', reasons: [] };
