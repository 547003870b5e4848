import type { NotificationKind } from '@clair/contracts';
import type { Severity } from '@clair/model';
import type { Queryable } from '@clair/postgres';
import type { NotifiedSummary } from '../process/changed-row.ts';

/** What only some kinds of notification say. */
export interface NotificationDetail {
  /** `severity-raised`. */
  readonly severityBefore?: Severity;
  /** `epss-raised`: probabilities from 0 to 1. */
  readonly epssBefore?: number;
  readonly epssAfter?: number;
}

/** One notification as it is kept, with what is said of its vulnerability. */
export interface StoredNotification {
  readonly id: string;
  readonly manifest: string;
  readonly reason: NotificationKind;
  /** 2 affected, 1 undecidable. */
  readonly certainty: number;
  readonly packageVersion: string;
  readonly packageArch: string;
  readonly detail: NotificationDetail;
  readonly labels: Readonly<Record<string, readonly string[]>>;
  readonly summary: NotifiedSummary;
}

export interface NotificationPage {
  /** Ascending by id. */
  readonly notifications: readonly StoredNotification[];
  /** The id to give as `afterId` for the page after this; `undefined` on the last. */
  readonly next: string | undefined;
}

/** Takes a value into the statement and gives the name of its parameter: `$5`. */
export type Parameter = (value: unknown) => string;

/** SQL that is true of the notifications wanted: `n` the notification, `v` its vulnerability, `m` its manifest's labels. */
export type Condition = (schema: string, parameter: Parameter) => string;

export interface PageRequest {
  readonly setIds: readonly string[];
  /** Default: all of the sets. */
  readonly where?: Condition;
  /** Only ids above this. */
  readonly afterId?: string;
  readonly limit: number;
  readonly bytesMax?: number;
}

/**
 * A page ends early when its descriptions reach this many bytes: what one gRPC message takes by default is 4 MiB, and
 * a reader only knows the end by the absence of `next`.
 */
const PAGE_BYTES_MAX = 2 * 1024 * 1024;

const FIRST_ID = '00000000-0000-0000-0000-000000000000';

interface PageRow extends StoredNotification {
  readonly more: boolean;
}

/** One page of the notifications of the sets; an unknown set is an empty page. */
export async function loadPage(
  db: Queryable & { readonly schema: string },
  page: PageRequest,
): Promise<NotificationPage> {
  const s = db.schema;
  const [only, ...others] = page.setIds;
  const sets = others.length === 0 ? only : page.setIds;
  const values: unknown[] = [sets, page.afterId ?? FIRST_ID, page.limit, page.bytesMax ?? PAGE_BYTES_MAX];
  const where = page.where?.(s, (value) => `$${values.push(value)}`) ?? 'true';
  const sql = `
with candidate as (
  select n.*, v.summary, coalesce(m.labels, '{}') as labels,
    sum(octet_length(v.summary::text) + 512) over (order by n.id rows between unbounded preceding and 1 preceding) as bytes_before,
    row_number() over (order by n.id) as place
  from (
    select n.* from ${s}.notification n ${joined(s)}
    where n.set_id = ${others.length === 0 ? '$1::uuid' : 'any ($1::uuid[])'} and n.id > $2 and (${where})
    order by n.id limit $3::bigint + 1
  ) n ${joined(s)}
), kept as (
  select * from candidate where place <= $3 and (place = 1 or bytes_before < $4)
)
select id, manifest, reason, certainty, package_version as "packageVersion", package_arch as "packageArch", detail, labels,
  summary, (select count(*) from kept) < (select count(*) from candidate) as more
from kept order by id`;
  const rows = await db.query<PageRow>(sql, values);
  const last = rows.at(-1);
  return {
    notifications: rows.map(({ more: _, ...notification }) => notification),
    next: last?.more === true ? last.id : undefined,
  };
}

/** What a {@link Condition} may look at beside the notification. */
function joined(schema: string): string {
  return `join ${schema}.vulnerability v using (set_id, summary_hash)
    left join ${schema}.notified_manifest m on m.set_id = n.set_id and m.manifest = n.manifest`;
}

/** What Clair knows of a set: findings added and removed, until its receiver deletes it; of each manifest the gravest. */
export function clairView({ summary }: { readonly summary: boolean }): Condition {
  return (schema) => `n.reason in ('added', 'removed') ${summary ? 'and n.in_summary' : ''}
    and exists (select from ${schema}.notification_set where id = n.set_id and deleted_at is null)`;
}
