import type { TarEntry } from '@clair/testing';
import type { FeedDocuments } from '../distribution-case.ts';

/** A package database or list of a real system, a real feed, and what another reading of both gives. */
export interface RealCase {
  readonly name: string;
  /** What of the shared data or of the machine's tools is not there; the case is skipped then. */
  readonly missing: string | undefined;
  readonly feed: { readonly id: string; options(url: string): Readonly<Record<string, string>> };
  load(): LoadedCase;
}

export interface LoadedCase {
  readonly documents: FeedDocuments;
  readonly files: readonly TarEntry[];
  /** `name.arch version: ID verdict[, < version of the fix]`, of the whole image, read without any code of the product. */
  readonly findings: readonly string[];
  /** Packages of the image, counted in the same way. */
  readonly packages: number;
}

/** An installed package and a row that may be about it. */
export interface Candidate {
  /** `name.arch version` */
  readonly subject: string;
  readonly id: string;
  /** Of the version that the row speaks of: the package's or its source's. */
  readonly version: string;
  readonly bound: string;
  /** Whether the version of {@link bound} itself is affected: the fix has no known version then. */
  readonly isInclusive?: boolean;
}

/** The line of a candidate whose version is in the range. */
export function affectedLine({ subject, id, bound, isInclusive = false }: Candidate): string {
  return `${subject}: ${id} affected${isInclusive ? '' : `, < ${bound}`}`;
}
