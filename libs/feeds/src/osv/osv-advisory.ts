import {
  type Advisory,
  type Affected,
  err,
  type FixState,
  ok,
  type Rejection,
  type Result,
  type SchemeId,
  type Severity,
} from '@clair/model';
import { shown } from '../json-fields.ts';
import { listedVersions } from './listed-versions.ts';
import { type OsvInterval, osvIntervals } from './osv-range.ts';
import { type OsvAffected, type OsvRecord, readOsvRecord } from './osv-record.ts';

/** Where the packages of an ecosystem live. */
export interface OsvTarget {
  readonly namespace: string;
  readonly scheme: SchemeId;
  readonly packageKind: Affected['packageKind'];
}

export interface OsvRating {
  /** The source's word; empty when it has none. */
  readonly severity: string;
  readonly normalizedSeverity: Severity;
}

/** What a record is to a feed: an advisory; about no flaw at all, so that there is nothing to say; or not to be used, with the reason. */
export type OsvUse = 'advisory' | 'about-no-flaw' | { readonly rejected: string };

/** How a feed reads OSV records. */
export interface OsvMapping {
  /** `elsewhere`: an ecosystem of somebody else. `unknown`: this feed's, but of a release that cannot be told; the entry is a rejection. */
  targetOf(ecosystem: string): OsvTarget | 'elsewhere' | 'unknown';
  /** The records are a vendor's bulletins, each about the CVEs that it names as `upstream` or `related`. */
  readonly isBulletin: boolean;
  /** The severity of one package of a record, from whatever the record has: words, CVSS vectors (`severities`), its title. */
  rate(record: OsvRecord, entry: OsvAffected): OsvRating;
  /** The name under which packages are looked up. Absent: as it is spelled. */
  packageName?(name: string): string;
  /** Absent: every record is an advisory. */
  useOf?(record: OsvRecord): OsvUse;
  /** The CVEs of a bulletin whose lists name none. Absent: it stays without. */
  flawsOf?(record: OsvRecord): readonly string[];
  /** Adds what the source says in other ways (a module in the title). Absent: the rows stay as they are. */
  refine?(rows: readonly Affected[], record: OsvRecord): readonly Affected[];
}

const CVE = /^CVE-\d{4}-\d{4,}$/;
/** Real records have up to 215 packages, or 2,814 versions of one. */
const ROWS_MAX = 100_000;
/** Listed versions are compared with every range: a second's work. Real records need some 20,000. */
const COMPARISONS_MAX = 5_000_000;
/** A score for each version of CVSS, or for each package. */
const VECTORS_MAX = 100;

/**
 * What a feed makes of one OSV record: an advisory, and a rejection for each part of it that does not read; or only a rejection.
 * Nothing at all when the record was withdrawn or is about no flaw. Every affected package of the feed's ecosystems has a row: where
 * its versions cannot be told (commits only, a range that does not read), the row is `undetermined`, so that it is not called safe.
 */
export function osvAdvisory(value: unknown, mapping: OsvMapping): readonly Result<Advisory, Rejection>[] {
  const read = readOsvRecord(value);
  if (!read.ok) return [err({ at: '/', reason: read.error })];
  const record = read.value;
  const rejected = (reason: string, at = ''): Result<never, Rejection> => err({ at: record.id + at, reason });
  if (record.isWithdrawn) return [];
  const use = mapping.useOf?.(record) ?? 'advisory';
  if (use === 'about-no-flaw') return [];
  if (use !== 'advisory') return [rejected(use.rejected)];

  const { rows, problems } = readRows(record, mapping);
  const rejections = problems.map(({ index, reason }) => rejected(reason, `/affected/${index}`));
  if (rows.length === 0)
    return rejections.length > 0 ? rejections : [rejected('it names no package that is read here')];
  const isTooMany = rows.length > ROWS_MAX;
  const affected = isTooMany ? rows : distinct(mapping.refine?.(rows, record) ?? rows);
  if (affected.length > ROWS_MAX) return [rejected(`it becomes more than ${ROWS_MAX} rows`)];
  return [ok(toAdvisory(record, { mapping, affected })), ...rejections];
}

function toAdvisory(
  record: OsvRecord,
  { mapping, affected }: { readonly mapping: OsvMapping; readonly affected: readonly Affected[] },
): Advisory {
  const vectors = vectorsOf(record);
  const upstream = mapping.isBulletin ? flawsOf(record, mapping) : record.upstream;
  return {
    key: record.id,
    name: record.id,
    description: record.details === '' ? record.summary : record.details,
    issued: record.published,
    links: record.links,
    aliases: record.aliases.filter((alias) => !upstream.includes(alias)),
    upstream,
    ...(vectors.length > 0 && { cvss: vectors }),
    ...(record.weaknesses.length > 0 && { weaknesses: record.weaknesses }),
    affected,
  };
}

/** Of the record and of each package, each once. */
function vectorsOf(record: OsvRecord): readonly string[] {
  const entries = record.affected.flatMap(({ entry }) => (entry.ok ? entry.value.severities : []));
  const scores = [...record.severities, ...entries].filter(({ type }) => type.startsWith('CVSS_V'));
  return [...new Set(scores.map(({ score }) => score))].slice(0, VECTORS_MAX);
}

function flawsOf(record: OsvRecord, mapping: OsvMapping): readonly string[] {
  const listed = [...record.upstream, ...record.related].filter((id) => CVE.test(id));
  return listed.length > 0 ? [...new Set(listed)] : (mapping.flawsOf?.(record) ?? []);
}

interface ReadRows {
  readonly rows: readonly Affected[];
  readonly problems: readonly { readonly index: number; readonly reason: string }[];
}

function readRows(record: OsvRecord, mapping: OsvMapping): ReadRows {
  const rows: Affected[] = [];
  const problems: { index: number; reason: string }[] = [];
  for (const { index, entry } of record.affected) {
    if (!entry.ok) {
      problems.push({ index, reason: entry.error });
      continue;
    }
    const target = mapping.targetOf(entry.value.ecosystem);
    if (target === 'elsewhere') continue;
    if (target === 'unknown') {
      problems.push({ index, reason: `nobody here knows the ecosystem ${shown(entry.value.ecosystem)}` });
      continue;
    }
    const base = {
      ...target,
      ...mapping.rate(record, entry.value),
      package: mapping.packageName?.(entry.value.name) ?? entry.value.name,
      arches: [],
      module: '',
      cpe: '',
      bulletin: mapping.isBulletin ? record.id : '',
    };
    const stretches = readStretches(entry.value, target.scheme);
    for (const reason of stretches.problems) problems.push({ index, reason });
    if (stretches.intervals.length === 0 || !stretches.isWhole) {
      rows.push({ ...base, range: {}, status: 'undetermined', fixState: 'unknown' });
    }
    for (const { range, end } of stretches.intervals) {
      rows.push({ ...base, range, status: 'affected', fixState: FIX_STATE[end] });
    }
  }
  return { rows, problems };
}

/** After a last affected version there is a version without the flaw, but the record does not name it. */
const FIX_STATE = {
  fixed: 'fixed',
  'last-affected': 'unknown',
  limit: 'unknown',
  open: 'not-fixed',
} as const satisfies Record<OsvInterval['end'], FixState>;

interface Stretches {
  /** Every range was read. */
  readonly isWhole: boolean;
  readonly intervals: readonly OsvInterval[];
  readonly problems: readonly string[];
}

function readStretches(entry: OsvAffected, scheme: SchemeId): Stretches {
  const intervals: OsvInterval[] = [];
  const problems: string[] = [];
  for (const range of entry.ranges) {
    if (range.ok && range.value.type === 'GIT') continue;
    const enclosed = range.ok ? osvIntervals(range.value.events, scheme) : range;
    if (enclosed.ok) intervals.push(...enclosed.value.map((interval) => bounded(interval, entry.lastKnown)));
    else problems.push(enclosed.error);
  }
  if (entry.versions.length * intervals.length > COMPARISONS_MAX) {
    problems.push(`${entry.versions.length} listed versions and ${intervals.length} ranges are too many to compare`);
    return { isWhole: false, intervals, problems };
  }
  const isWhole = problems.length === 0;
  const listed = listedVersions(
    entry.versions,
    intervals.map((interval) => interval.range),
    scheme,
  );
  if (listed.unreadable.length > 0)
    problems.push(`${listed.unreadable.length} listed versions do not parse: ${shown(listed.unreadable)}`);
  if (entry.ranges.length === 0 && entry.versions.length === 0) problems.push('it names neither ranges nor versions');
  return {
    isWhole,
    intervals: [...intervals, ...listed.ranges.map((range): OsvInterval => ({ range, end: 'last-affected' }))],
    problems,
  };
}

/** A stretch that the events leave open, up to the last version that the database knows to be affected. */
function bounded(interval: OsvInterval, lastKnown: OsvAffected['lastKnown']): OsvInterval {
  if (interval.end !== 'open' || lastKnown === undefined) return interval;
  return lastKnown.isIncluded
    ? { range: { ...interval.range, lastAffected: lastKnown.version }, end: 'last-affected' }
    : { range: { ...interval.range, fixed: lastKnown.version }, end: 'limit' };
}

function distinct(rows: readonly Affected[]): readonly Affected[] {
  const byContent = new Map<string, Affected>();
  for (const row of rows) {
    const { introduced = '', fixed = '', lastAffected = '' } = row.range;
    const parts = [row.namespace, row.package, row.module, row.status, introduced, fixed, lastAffected, ...row.arches];
    const content = parts.join('\u0000');
    if (!byContent.has(content)) byContent.set(content, row);
  }
  return [...byContent.values()];
}
