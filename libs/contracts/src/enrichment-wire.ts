import { type Enrichment, type FlawFacts, ok, type Result } from '@clair/model';
import type { Enrichment as WireEnrichment, FlawFacts as WireFlawFacts } from './generated/clair/common/v1/common.ts';
import { malformed, type WireError } from './wire-error.ts';

export function enrichmentToWire({ key, flaw, facts }: Enrichment): WireEnrichment {
  return { key, flaw, facts: factsToWire(facts) };
}

/** Fails on an enrichment without key or flaw, and on shares that are not between 0 and 1. */
export function enrichmentFromWire(message: WireEnrichment): Result<Enrichment, WireError> {
  if (message.key === '') return malformed('key', 'must not be empty');
  if (message.flaw === '') return malformed('flaw', 'must not be empty');
  if (message.facts === undefined) return malformed('facts', 'is missing');
  const { epss } = message.facts;
  if (epss !== undefined && !(isShare(epss.score) && isShare(epss.percentile))) {
    return malformed('facts.epss', 'must hold numbers from 0 to 1');
  }
  return ok({ key: message.key, flaw: message.flaw, facts: factsFromWire(message.facts) });
}

export function factsToWire(facts: FlawFacts): WireFlawFacts {
  return {
    scores: (facts.scores ?? []).map(({ source, vector }) => ({ source, vector })),
    weaknesses: [...(facts.weaknesses ?? [])],
    epss: facts.epss,
    exploited: facts.exploited,
  };
}

export function factsFromWire({ scores, weaknesses, epss, exploited }: WireFlawFacts): FlawFacts {
  return {
    ...(scores.length > 0 && { scores: scores.map(({ source, vector }) => ({ source, vector })) }),
    ...(weaknesses.length > 0 && { weaknesses: [...weaknesses] }),
    ...(epss && { epss: { score: epss.score, percentile: epss.percentile, date: epss.date } }),
    ...(exploited && {
      exploited: {
        added: exploited.added,
        due: exploited.due,
        ransomware: exploited.ransomware,
        action: exploited.action,
      },
    }),
  };
}

function isShare(value: number): boolean {
  return value >= 0 && value <= 1;
}
