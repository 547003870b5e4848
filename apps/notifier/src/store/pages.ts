import type { Queryable } from '@clair/postgres';
import type { NotifiedSummary } from '../process/changed-row.ts';

/** One notification as it is kept, with what is said of its vulnerability. */
export interface StoredNotification {
  readonly id: string;
  readonly manifest: string;
  readonly reason: 'added' | 'removed';
  /** 2 affected, 1 undecidable. */
  readonly certainty: number;
  readonly packageVersion: string;
  readonly packageArch: string;
  readonly summary: NotifiedSummary;
}

export interface NotificationPage {
  /** Ascending by id. */
  readonly notifications: readonly StoredNotification[];
  /** The id to give as `afterId` for the page after this; `undefined` on the last. */
  readonly next: string | undefined;
}

export interface PageRequest {
  readonly setId: string;
  /** Only ids above this. */
  readonly afterId?: string;
  readonly limit: number;
}

/**
 * A page ends early when its descriptions reach this many bytes: what one gRPC message takes by default is 4 MiB, and
 * a reader only knows the end by the absence of `next`.
 */
const PAGE_BYTES_MAX = 2 * 1024 * 1024;

interface PageRow extends StoredNotification {
  readonly more: boolean;
}

/** One page of a set that is not deleted; an unknown set is an empty page. */
export async function loadPage(
  db: Queryable & { readonly schema: string },
  page: PageRequest,
): Promise<NotificationPage> {
  const s = db.schema;
  const sql = `
with candidate as (
  select n.*, v.summary,
    sum(octet_length(v.summary::text) + 512) over (order by n.id rows between unbounded preceding and 1 preceding) as bytes_before,
    row_number() over (order by n.id) as place
  from (
    select * from ${s}.notification where set_id = $1 and id > $2 order by id limit $3::bigint + 1
  ) n
  join ${s}.vulnerability v using (set_id, summary_hash)
  where exists (select from ${s}.notification_set where id = $1 and deleted_at is null)
), kept as (
  select * from candidate where place <= $3 and (place = 1 or bytes_before < $4)
)
select id, manifest, reason, certainty, package_version as "packageVersion", package_arch as "packageArch", summary,
  (select count(*) from kept) < (select count(*) from candidate) as more
from kept order by id`;
  const afterId = page.afterId ?? '00000000-0000-0000-0000-000000000000';
  const rows = await db.query<PageRow>(sql, [page.setId, afterId, page.limit, PAGE_BYTES_MAX]);
  const last = rows.at(-1);
  return {
    notifications: rows.map(({ more: _, ...notification }) => notification),
    next: last?.more === true ? last.id : undefined,
  };
}
