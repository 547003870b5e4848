/** A vendor's documents, laid out as the vendor publishes them, for one feed. */
export interface Site {
  /** What the row of the table is called. */
  readonly name: string;
  readonly feed: string;
  /** What the documents are: the whole of what the vendor published at a date, or how much of it. */
  readonly data: string;
  /** The feed's options, given where the site is served; what must hold that address is written then. */
  options(url: string): Readonly<Record<string, unknown>>;
  /** Root of the files. */
  readonly directory: string;
  /** Files that replace some of them: a small change, with what it is. */
  readonly change?: { readonly directory: string; readonly what: string };
  /** Loaded into a database of its own, and not into the totals. */
  readonly isVolume?: boolean;
}
