/** What `load-feed.ts` is asked. */
export interface LoadRequest {
  readonly feed: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly connstring: string;
  /** Start and stop only. */
  readonly isIdle: boolean;
}

/** What `load-feed.ts` saw of one run of one feed. */
export interface LoadedFeed {
  readonly outcome: string;
  readonly error: string;
  /** The matcher's, or 0 when nothing changed. */
  readonly operation: number;
  /** Of the run alone: fetched, read, compared and stored. */
  readonly seconds: number;
  /** Before the run, everything started. */
  readonly idlePeakRssBytes: number;
  readonly peakRssBytes: number;
  /** As the updater's status has them. */
  readonly advisories: number;
  readonly rejected: number;
  /** Counted around `parse`. */
  readonly counted: {
    /** Calls of `parse`: partitions, or members of archives. */
    readonly documents: number;
    readonly inflatedBytes: number;
    /** Yielded, advisories and rejections. */
    readonly records: number;
    readonly rejected: number;
    /** Rejections by reason, quoted parts left out. */
    readonly reasons: Readonly<Record<string, number>>;
  };
}
