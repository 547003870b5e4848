/** A score that somebody gave a flaw. */
export interface FlawScore {
  /** Who: `nvd@nist.gov`, the id of a CNA, or the advisory. */
  readonly source: string;
  /** A CVSS vector of any version. */
  readonly vector: string;
}

/** What is known of a flaw beside advisories, joined to them when a report is read. Each part is absent where its source says nothing. */
export interface FlawFacts {
  readonly scores?: readonly FlawScore[];
  /** Kinds of weakness: `CWE-79`. */
  readonly weaknesses?: readonly string[];
  /** How likely it is exploited in the next 30 days. @see https://www.first.org/epss/ */
  readonly epss?: {
    /** 0 to 1. */
    readonly score: number;
    /** Share of all flaws with at most this score, 0 to 1. */
    readonly percentile: number;
    /** Day of the model's run, `2026-08-16`. */
    readonly date: string;
  };
  /** It is known to be exploited. @see https://www.cisa.gov/known-exploited-vulnerabilities-catalog */
  readonly exploited?: {
    /** Day on which it was added, `2026-01-27`. */
    readonly added: string;
    /** Day by which agencies have to act; empty where none is named. */
    readonly due: string;
    /** Whether ransomware is known to use it. */
    readonly ransomware: boolean;
    /** What is to be done. */
    readonly action: string;
  };
}

/** A record of a feed about a flaw as such, not about packages. */
export interface Enrichment {
  /** Unique within (feed, partition) and stable from one update to the next: the flaw. */
  readonly key: string;
  /** `CVE-2024-1`. */
  readonly flaw: string;
  readonly facts: FlawFacts;
}

/** The facts of several sources together: what comes first stays, lists are joined. */
export function mergeFacts(all: readonly FlawFacts[]): FlawFacts {
  const scores = [
    ...new Map(all.flatMap((one) => one.scores ?? []).map((one) => [`${one.source} ${one.vector}`, one])).values(),
  ];
  const weaknesses = [...new Set(all.flatMap((one) => one.weaknesses ?? []))];
  const epss = all.find((one) => one.epss !== undefined)?.epss;
  const exploited = all.find((one) => one.exploited !== undefined)?.exploited;
  return {
    ...(scores.length > 0 && { scores }),
    ...(weaknesses.length > 0 && { weaknesses }),
    ...(epss && { epss }),
    ...(exploited && { exploited }),
  };
}
