import type { VulnerabilityReport, WireEnrichment } from '@clair/contracts';
import { cvssScore, parseCvss } from '@clair/cvss';
import { compareSeverity, parseSeverity } from '@clair/model';
import { flawsOf } from './flaws.ts';

/** What of a vulnerability says how urgent it is. Of several flaws the worst. */
export interface Risk {
  /** Some flaw of it is known to be exploited. */
  readonly exploited: boolean;
  /** The highest probability of being exploited in the next 30 days; absent where nobody has estimated it. */
  readonly epss?: number;
  /** The highest CVSS score of any version and source; absent where there is none. */
  readonly cvss?: number;
}

type Scored = Pick<VulnerabilityReport, 'vulnerabilities' | 'enrichments'>;

/** The risk of each vulnerability of a report, in their order. */
export function risks({ vulnerabilities, enrichments }: Scored): readonly Risk[] {
  const known = new Map(enrichments.map((one) => [one.flaw, one]));
  return vulnerabilities.map((vulnerability) => {
    const facts = flawsOf(vulnerability).flatMap((flaw) => known.get(flaw)?.facts ?? []);
    const vectors = [...vulnerability.cvss, ...facts.flatMap(({ scores }) => scores.map(({ vector }) => vector))];
    const epss = facts.flatMap((one) => (one.epss === undefined ? [] : [one.epss.score]));
    const cvss = vectors.flatMap(scoreOf);
    return {
      exploited: facts.some((one) => one.exploited !== undefined),
      ...(epss.length > 0 && { epss: Math.max(...epss) }),
      ...(cvss.length > 0 && { cvss: Math.max(...cvss) }),
    };
  });
}

/** The score of a vector; none where it does not read. */
export function scoreOf(vector: string): readonly number[] {
  const read = parseCvss(vector);
  return read.ok ? [cvssScore(read.value).score] : [];
}

interface Ranked {
  readonly risk: Risk;
  /** As normalised. */
  readonly severity: string;
}

/**
 * The riskiest first: known to be exploited, then by the probability of exploitation in whole percent, then by severity, then by CVSS score.
 * What nobody has estimated counts as 0. Stable: equals stay in their order.
 */
export function compareRisk(a: Ranked, b: Ranked): number {
  return (
    Number(b.risk.exploited) - Number(a.risk.exploited) ||
    percent(b.risk.epss) - percent(a.risk.epss) ||
    compareSeverity(parseSeverity(b.severity) ?? 'Unknown', parseSeverity(a.severity) ?? 'Unknown') ||
    (b.risk.cvss ?? 0) - (a.risk.cvss ?? 0)
  );
}

function percent(share: number | undefined): number {
  return Math.floor((share ?? 0) * 100);
}

/** What is known of flaws, by flaw, as a report of v2 has it. */
export function flawsV2(enrichments: readonly WireEnrichment[]) {
  return Object.fromEntries(
    enrichments.map(({ flaw, facts }) => [
      flaw,
      {
        cvss: (facts?.scores ?? []).map(({ source, vector }) => ({ source, vector, score: scoreOf(vector)[0] ?? 0 })),
        weaknesses: [...(facts?.weaknesses ?? [])],
        ...(facts?.epss && { epss: { ...facts.epss } }),
        ...(facts?.exploited && { exploited: { ...facts.exploited } }),
      },
    ]),
  );
}
