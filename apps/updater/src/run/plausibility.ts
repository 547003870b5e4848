/** A partition of fewer records than this may do as it likes: shares mean nothing for it. */
const RECORDS_MIN = 100;
/** A partition that loses more than this share at once was cut, not cleaned up. */
const SHRINK_SHARE_MAX = 0.5;
/** Below this size growth is no news. */
const GROWTH_BYTES_MIN = 1024 * 1024;

export interface PlausibilityLimits {
  /** Largest share of records that may be unreadable before the document is not believed. */
  readonly rejectedRatio: number;
  /** How many times larger than the last good one a document may be. */
  readonly growthRatio: number;
}

export interface PartitionCounts {
  readonly advisories: number;
  readonly rejectedRecords: number;
}

/**
 * Why the content of a partition is not believed, as a sentence for the operator; `undefined` when it is. The last good
 * data stays then, and a forced run takes it all the same. Where there is no last good data, readable records are better
 * than none: only a document without any is refused.
 */
export function implausibleContent(
  now: PartitionCounts,
  before: PartitionCounts | undefined,
  limits: PlausibilityLimits,
): string | undefined {
  const records = now.advisories + now.rejectedRecords;
  if (now.advisories === 0 && now.rejectedRecords > 0) return `none of ${records} records could be read`;
  if (before === undefined) return undefined;
  if (records >= RECORDS_MIN && now.rejectedRecords > records * limits.rejectedRatio) {
    return `${now.rejectedRecords} of ${records} records could not be read; the format may have changed`;
  }
  if (before.advisories >= RECORDS_MIN && now.advisories < before.advisories * (1 - SHRINK_SHARE_MAX)) {
    return `shrank from ${before.advisories} to ${now.advisories} advisories; run it with --force if that is right`;
  }
  return undefined;
}

/**
 * Why a delta is not believed, as {@link implausibleContent} for a whole: single documents may be unreadable, most may not,
 * and a source does not withdraw most of what it has in one day.
 */
export function implausibleDelta(
  now: PartitionCounts & { readonly ended: number },
  before: PartitionCounts,
  limits: PlausibilityLimits,
): string | undefined {
  const records = now.advisories + now.rejectedRecords;
  if (records >= RECORDS_MIN && now.rejectedRecords > records * limits.rejectedRatio) {
    return `${now.rejectedRecords} of ${records} changed records could not be read; the format may have changed`;
  }
  if (before.advisories >= RECORDS_MIN && now.ended > before.advisories * SHRINK_SHARE_MAX) {
    return `${now.ended} of ${before.advisories} advisories were withdrawn; run it with --force if that is right`;
  }
  return undefined;
}

/** The most bytes a partition's document may have, given the last good one. */
export function plausibleBytesMax(
  bytesMax: number,
  bytesBefore: number | undefined,
  limits: PlausibilityLimits,
): number {
  if (bytesBefore === undefined) return bytesMax;
  return Math.min(bytesMax, Math.max(bytesBefore * limits.growthRatio, GROWTH_BYTES_MIN));
}

/** The partitions to end, of those that the source does not list any more: none of them when they are most of what there was. */
export function believableRemovals(gone: readonly string[], held: number): readonly string[] {
  return gone.length * 2 > held ? [] : gone;
}
