import { cvssScore, parseCvss } from '@clair/cvss';
import type { Severity } from '@clair/model';
import type { OsvRating } from '../../osv/osv-advisory.ts';
import type { OsvAffected, OsvRecord } from '../../osv/osv-record.ts';

const WORDS: ReadonlyMap<string, Severity> = new Map([
  ['LOW', 'Low'],
  ['MODERATE', 'Medium'],
  ['MEDIUM', 'Medium'],
  ['HIGH', 'High'],
  ['CRITICAL', 'Critical'],
]);

const RATINGS: Readonly<Record<string, Severity>> = {
  None: 'Negligible',
  Low: 'Low',
  Medium: 'Medium',
  High: 'High',
  Critical: 'Critical',
};

/** The record's word, else the rating of the newest version of CVSS that it has a score in; the package's own before the record's. */
export function rateRecord(record: OsvRecord, entry: OsvAffected): OsvRating {
  const said = entry.databaseSpecific.severity ?? record.databaseSpecific.severity;
  const severity = typeof said === 'string' ? said : '';
  const word = WORDS.get(severity.toUpperCase());
  if (word !== undefined) return { severity, normalizedSeverity: word };
  const scores = entry.severities.length > 0 ? entry.severities : record.severities;
  const [newest] = scores
    .filter(({ type }) => type.startsWith('CVSS_V'))
    .sort((a, b) => (a.type < b.type ? 1 : -1))
    .map(({ score }) => parseCvss(score))
    .flatMap((vector) => (vector.ok ? [vector.value] : []));
  if (newest === undefined) return { severity, normalizedSeverity: 'Unknown' };
  return { severity, normalizedSeverity: RATINGS[cvssScore(newest).rating] ?? 'Unknown' };
}
