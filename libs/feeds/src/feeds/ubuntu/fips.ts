import { type Advisory, type Affected, parseSeverity, type Rejection, type Result } from '@clair/model';
import { schemeOf } from '@clair/versions';
import type { Partition } from '../../feed.ts';
import { type OsvMapping, type OsvRating, type OsvTarget, type OsvUse, osvAdvisory } from '../../osv/osv-advisory.ts';
import { osvCopy } from '../../osv/osv-archive.ts';
import { readOsvDocument } from '../../osv/osv-document.ts';
import type { OsvAffected, OsvRecord } from '../../osv/osv-record.ts';

/** The releases that Ubuntu Pro has FIPS builds of. */
const RELEASES: readonly string[] = ['16.04', '18.04', '20.04', '22.04', '24.04'];

/** `Ubuntu:Pro:FIPS:20.04:LTS`, `Ubuntu:Pro:FIPS-updates:22.04:LTS`, `Ubuntu:Pro:FIPS-preview:22.04:LTS`. */
const ECOSYSTEM = /^Ubuntu:Pro:FIPS(?:-updates|-preview)?:(\d{2}\.\d{2})(?::LTS)?$/;
/** A record about one CVE; notices (`USN`, `LSN`) repeat what these say. */
const CVE_RECORD = /^UBUNTU-(CVE-\d{4}-\d{4,})$/;

export const FIPS_PARTITION = 'fips';

/** Canonical's OSV records, of which only the FIPS builds are read: OVAL says nothing of them. */
export function fipsPartition(url: string): Partition {
  const namespaces = RELEASES.map((release) => `ubuntu:${release}/fips`);
  return { ...osvCopy(url, namespaces), name: FIPS_PARTITION };
}

const MAPPING: OsvMapping = {
  targetOf,
  isBulletin: false,
  rate: priorityOf,
  useOf,
  refine: inOneStream,
};

/** The advisory has the record's id as its key, by which the log of changes knows it, and is named after the CVE. */
export async function* parseFips(document: AsyncIterable<Uint8Array>): AsyncIterable<Result<Advisory, Rejection>> {
  for (const result of osvAdvisory(await readOsvDocument(document), MAPPING)) {
    if (!result.ok) yield result;
    else
      yield { ok: true, value: { ...result.value, name: CVE_RECORD.exec(result.value.key)?.[1] ?? '', upstream: [] } };
  }
}

function targetOf(ecosystem: string): OsvTarget | 'elsewhere' | 'unknown' {
  if (!ecosystem.startsWith('Ubuntu:Pro:FIPS')) return 'elsewhere';
  const release = ECOSYSTEM.exec(ecosystem)?.[1] ?? '';
  if (!RELEASES.includes(release)) return 'unknown';
  return { namespace: `ubuntu:${release}/fips`, scheme: 'dpkg', packageKind: 'source' };
}

function useOf(record: OsvRecord): OsvUse {
  // An entry that does not read may be about anything, and is told.
  const isAboutFips = record.affected.some(({ entry }) => !entry.ok || targetOf(entry.value.ecosystem) !== 'elsewhere');
  return CVE_RECORD.test(record.id) && isAboutFips ? 'advisory' : 'about-no-flaw';
}

/** Ubuntu's own priority; until 2025 it was with the package. */
function priorityOf(record: OsvRecord, entry: OsvAffected): OsvRating {
  const scores = [...entry.severities, ...record.severities];
  const said = scores.find(({ type }) => type === 'Ubuntu')?.score ?? entry.ecosystemSpecific.ubuntu_priority;
  const severity = typeof said === 'string' ? said : '';
  return { severity, normalizedSeverity: parseSeverity(severity) ?? 'Unknown' };
}

/**
 * One answer for each package of a release. A build does not say whether it is of the certified archive, which gets no fixes, or of its
 * updates: whoever has an older build than a fix in any of them is affected, and has that fix. Where two archives have different fixes,
 * nobody can tell which of them the builds between these two are of.
 */
function inOneStream(rows: readonly Affected[]): readonly Affected[] {
  const byPackage = Map.groupBy(rows, (row) => `${row.namespace} ${row.package}`);
  return [...byPackage.values()].flatMap(oneAnswer);
}

function oneAnswer(rows: readonly Affected[]): readonly Affected[] {
  const [first] = rows;
  // What is said in another way than "up to a fix", a version that is listed beside the range too, stays as it is said.
  if (first === undefined || !rows.every(isUpToFix)) return rows;
  const fixed = rows.filter(({ range }) => range.fixed !== undefined).sort(byFix);
  const [oldest] = fixed;
  const newest = fixed.at(-1);
  if (oldest === undefined || newest === undefined) return [first];
  if (oldest.range.fixed === newest.range.fixed) return [oldest];
  const between = { introduced: oldest.range.fixed ?? '', fixed: newest.range.fixed ?? '' };
  return [oldest, { ...newest, range: between, status: 'undetermined' }];
}

function isUpToFix({ status, range }: Affected): boolean {
  const { introduced, fixed, lastAffected } = range;
  const isReadable = fixed === undefined || schemeOf('dpkg')?.parse(fixed).ok === true;
  return status === 'affected' && introduced === undefined && lastAffected === undefined && isReadable;
}

/** Of rows that are {@link isUpToFix}. */
function byFix(a: Affected, b: Affected): number {
  const scheme = schemeOf('dpkg');
  const left = scheme?.parse(a.range.fixed ?? '');
  const right = scheme?.parse(b.range.fixed ?? '');
  return scheme !== undefined && left?.ok && right?.ok ? scheme.compare(left.value, right.value) : 0;
}
