import type { Vulnerability, VulnerabilityReport } from '@clair/contracts';
import { type CvssVector, cvssScore, cvssText, parseCvss } from '@clair/cvss';
import { flawsOf } from './flaws.ts';

/** By Clair's name of an enricher: one object, of lists by the id of a vulnerability. */
export type EnrichmentsV1 = Readonly<Record<string, readonly Readonly<Record<string, readonly object[]>>[]>>;

const TYPE = 'message/vnd.clair.map.vulnerability';
/** @see https://github.com/quay/claircore/blob/main/enricher/cvss/cvss.go */
const CVSS = `${TYPE}; enricher=clair.cvss schema=https://csrc.nist.gov/schema/nvd/api/2.0/cve_api_json_2.0.schema`;
const EPSS = `${TYPE}; enricher=clair.epss schema=none`;
const KEV = `${TYPE}; enricher=clair.kev schema=none`;

/**
 * Clair's map of enrichments: for each vulnerability the scores of all its CVEs (Clair gives those of one), in the shape of NVD's
 * `cvssData`; where none of them has one, the advisory's own. Beside Clair's, EPSS and the catalogue of exploited flaws in the same form.
 */
export function enrichmentsV1(report: VulnerabilityReport, vulnerabilities: readonly Vulnerability[]): EnrichmentsV1 {
  const known = new Map(report.enrichments.map(({ flaw, facts }) => [flaw, facts]));
  const factsOf = (vulnerability: Vulnerability) =>
    flawsOf(vulnerability).flatMap((flaw) => {
      const facts = known.get(flaw);
      return facts === undefined ? [] : [{ flaw, facts }];
    });
  const scores = mapOf(vulnerabilities, (vulnerability) => {
    const vectors = factsOf(vulnerability).flatMap(({ facts }) => facts.scores.map(({ vector }) => vector));
    return [...new Set(vectors.length > 0 ? vectors : vulnerability.cvss)].flatMap(cvssData);
  });
  const epss = mapOf(vulnerabilities, (vulnerability) =>
    factsOf(vulnerability).flatMap(({ flaw, facts }) =>
      facts.epss === undefined
        ? []
        : [{ cve: flaw, epss: facts.epss.score, percentile: facts.epss.percentile, date: facts.epss.date }],
    ),
  );
  const exploited = mapOf(vulnerabilities, (vulnerability) =>
    factsOf(vulnerability).flatMap(({ flaw, facts }) =>
      facts.exploited === undefined ? [] : [kevEntry(flaw, facts.exploited)],
    ),
  );
  const all = [[CVSS, scores] as const, [EPSS, epss] as const, [KEV, exploited] as const];
  return Object.fromEntries(all.flatMap(([key, map]) => (Object.keys(map).length === 0 ? [] : [[key, [map]]])));
}

function mapOf(
  vulnerabilities: readonly Vulnerability[],
  listOf: (vulnerability: Vulnerability) => readonly object[],
): Readonly<Record<string, readonly object[]>> {
  const entries = vulnerabilities.map((vulnerability) => [String(vulnerability.id), listOf(vulnerability)] as const);
  return Object.fromEntries(entries.filter(([, list]) => list.length > 0));
}

/** What of NVD's `cvssData` a client reads; the metrics are in the vector. */
function cvssData(vector: string): readonly object[] {
  const read = parseCvss(vector);
  if (!read.ok) return [];
  const { score, rating } = cvssScore(baseOf(read.value));
  const base = { version: read.value.version, vectorString: cvssText(read.value), baseScore: score };
  return [read.value.version === '2.0' ? base : { ...base, baseSeverity: rating.toUpperCase() }];
}

/** The metrics of the base group alone: the names of the others are distinct from theirs in every version. */
function baseOf({ version, metrics }: CvssVector): CvssVector {
  const others = /^(?:E|RL|RC|CDP|TD|[CIA]R|M[A-Z]+)$/;
  return { version, metrics: new Map([...metrics].filter(([name]) => !others.test(name))) };
}

function kevEntry(
  flaw: string,
  { added, due, ransomware, action }: { added: string; due: string; ransomware: boolean; action: string },
): object {
  return {
    cve: flaw,
    date_added: added,
    due_date: due,
    known_ransomware_campaign_use: ransomware ? 'Known' : 'Unknown',
    required_action: action,
  };
}
