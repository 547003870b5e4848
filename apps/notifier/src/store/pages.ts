import type { NotificationKind } from '@clair/contracts';
import { SEVERITIES, type Severity } from '@clair/model';
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
  /** When its set was made: the order of what happened to one manifest. */
  readonly notifiedAt: Date;
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

/** Some notifications of some sets. */
export interface Selection {
  readonly setIds: readonly string[];
  /** Default: all of the sets. */
  readonly where?: Condition;
}

export interface PageRequest extends Selection {
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

type Source = Queryable & { readonly schema: string };

/** One page of the notifications of the sets; an unknown set is an empty page. */
export async function loadPage(db: Source, page: PageRequest): Promise<NotificationPage> {
  const { notifications, more } = await loadFirst(db, page, 'n.id');
  return { notifications, next: more ? notifications.at(-1)?.id : undefined };
}

/** The gravest of the notifications of the sets, of equals the first notified first; not a page, so nothing comes after. */
export async function loadGravest(
  db: Source,
  request: Omit<PageRequest, 'afterId'>,
): Promise<{ readonly notifications: readonly StoredNotification[]; readonly complete: boolean }> {
  const { notifications, more } = await loadFirst(db, request, 'n.severity_rank desc, made.created_at, n.id');
  return { notifications, complete: !more };
}

/** How many there are of each severity, the gravest first. */
export async function countSeverities(db: Source, selection: Selection): Promise<ReadonlyMap<Severity, number>> {
  const values: unknown[] = [];
  const rows = await db.query<{ readonly rank: number; readonly count: number }>(
    `select n.severity_rank as rank, count(*) as count from ${selected(db.schema, selection, values)} group by 1 order by 1 desc`,
    values,
  );
  return new Map(rows.map(({ rank, count }) => [SEVERITIES[rank] ?? 'Unknown', count]));
}

interface FirstRow extends StoredNotification {
  readonly more: boolean;
}

/**
 * The first of an order, as many as are asked for and fit. The limit is below the join that brings the descriptions: the
 * database keeps the ids of the best so far, and sorts no million of rows.
 */
async function loadFirst(
  db: Source,
  request: PageRequest,
  order: string,
): Promise<{ readonly notifications: readonly StoredNotification[]; readonly more: boolean }> {
  const { limit, afterId = FIRST_ID, bytesMax = PAGE_BYTES_MAX } = request;
  const values: unknown[] = [limit, afterId, bytesMax];
  const sql = `
with candidate as (
  select n.*, v.summary, coalesce(m.labels, '{}') as labels, made.created_at,
    sum(octet_length(v.summary::text) + 512) over (order by ${order} rows between unbounded preceding and 1 preceding) as bytes_before,
    row_number() over (order by ${order}) as place
  from (
    select n.* from ${selected(db.schema, request, values)} and n.id > $2 order by ${order} limit $1::bigint + 1
  ) n ${joined(db.schema)}
), kept as (
  select * from candidate where place <= $1 and (place = 1 or bytes_before < $3)
)
select id, manifest, reason, certainty, package_version as "packageVersion", package_arch as "packageArch", detail, labels,
  summary, created_at as "notifiedAt", (select count(*) from kept) < (select count(*) from candidate) as more
from kept order by place`;
  const rows = await db.query<FirstRow>(sql, values);
  return { notifications: rows.map(({ more: _, ...notification }) => notification), more: rows[0]?.more === true };
}

/** The tables and the condition of a selection. */
function selected(schema: string, { setIds, where }: Selection, values: unknown[]): string {
  const parameter = (value: unknown) => `$${values.push(value)}`;
  const [only, ...others] = setIds;
  const ofSets = others.length === 0 ? `${parameter(only)}::uuid` : `any (${parameter(setIds)}::uuid[])`;
  const condition = where?.(schema, parameter) ?? 'true';
  return `${schema}.notification n ${joined(schema)} where n.set_id = ${ofSets} and (${condition})`;
}

/** What a {@link Condition} may look at beside the notification, and `made`, its set. */
function joined(schema: string): string {
  return `join ${schema}.vulnerability v using (set_id, summary_hash)
    join ${schema}.notification_set made on made.id = n.set_id
    left join ${schema}.notified_manifest m on m.set_id = n.set_id and m.manifest = n.manifest`;
}

/** What Clair knows of a set: findings added and removed, until its receiver deletes it; of each manifest the gravest. */
export function clairView({ summary }: { readonly summary: boolean }): Condition {
  return (schema) => `n.reason in ('added', 'removed') ${summary ? 'and n.in_summary' : ''}
    and exists (select from ${schema}.notification_set where id = n.set_id and deleted_at is null and not collecting)`;
}
