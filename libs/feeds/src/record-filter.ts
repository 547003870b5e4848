/**
 * What a caller knows of a document's records from the last time, so that those that did not change are not parsed again. A feed that can
 * cut its documents into records asks it of each, in document order, and when all results of the one before have been yielded.
 */
export interface RecordFilter {
  /**
   * Whether the record is to be parsed; one that is not would become the very advisory that it became before, and nothing else.
   * `parts` and `context` are all that its results are made of; `parts` are good until the call returns.
   */
  wants(parts: readonly Uint8Array[], context: string): boolean;
  /** More depends on the last wanted record than its own results: it is to be parsed every time. */
  keep(): void;
  /** How many records were not wanted so far. */
  readonly omitted: number;
}

/** Knows nothing, so that everything is parsed. */
export const EVERY_RECORD: RecordFilter = { wants: () => true, keep: () => undefined, omitted: 0 };
