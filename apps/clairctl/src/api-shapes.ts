import type { SbomReportV2, VulnerabilityReportV2 } from '@clair/matcher';

export type { SbomReportV2, VulnerabilityReportV2 };

/** What the service answers about an image or about a document. */
export type ReportV2 = VulnerabilityReportV2 | SbomReportV2;

/** A feed as `GET /updater/api/v2/feeds` shows it. */
export interface FeedStatusV2 {
  readonly feed: string;
  readonly title: string;
  readonly last_attempt_at: string;
  readonly last_success_at: string;
  readonly last_changed_at: string;
  readonly next_run_at: string;
  readonly error: string;
  readonly stale: boolean;
  readonly advisories: number;
  readonly rejected_records: number;
  readonly rejections: readonly string[];
  readonly partitions: number;
  readonly failed_partitions: number;
  readonly fetched_bytes: number;
  readonly seconds: number;
}
