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
  readonly imported: boolean;
  readonly advisories: number;
  readonly rejected_records: number;
  readonly rejections: readonly string[];
  readonly partitions: number;
  readonly failed_partitions: number;
  readonly fetched_bytes: number;
  readonly seconds: number;
}

/** A subscription as `GET /notifier/api/v2/subscriptions` shows it. */
export interface SubscriptionV2 {
  readonly id: string;
  readonly name: string;
  readonly built_in: boolean;
  readonly disabled: boolean;
  readonly disabled_reason: string;
  readonly created_at: string;
  readonly target: { readonly webhook?: { readonly url: string }; readonly nats?: { readonly subject: string } };
  readonly filter?: {
    readonly kinds?: readonly string[];
    readonly min_severity?: string;
    readonly fixable_only?: boolean;
    readonly package?: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly epss_threshold?: number;
  };
  readonly digest?: { readonly window: string; readonly per: string };
}

/** A delivery as `GET /notifier/api/v2/deliveries` shows it. */
export interface DeliveryV2 {
  readonly id: string;
  readonly notification_id: string;
  readonly target: string;
  readonly subscription: { readonly id: string; readonly name: string } | null;
  readonly created_at: string;
  readonly state: string;
  readonly attempts: number;
  readonly last_error: string;
}

/** A table as `GET /<service>/api/v2/database` shows it. */
export interface TableV2 {
  readonly table: string;
  /** `null`: nobody knows. */
  readonly rows: number | null;
  readonly rows_estimated: boolean;
  readonly table_bytes: number;
  readonly index_bytes: number;
  readonly dead_rows: number;
}

export interface ServiceTablesV2 {
  readonly service: string;
  readonly tables: readonly TableV2[];
}
