import type { CvssScore } from './score.ts';
import type { CvssVector } from './vector.ts';

type Weights = Readonly<Record<string, number>>;

const IMPACT: Weights = { H: 0.56, L: 0.22, N: 0 };
const REQUIREMENT: Weights = { X: 1, H: 1.5, M: 1, L: 0.5 };
const PRIVILEGES: Weights = { N: 0.85, L: 0.62, H: 0.27 };
const PRIVILEGES_BEYOND_SCOPE: Weights = { N: 0.85, L: 0.68, H: 0.5 };
const WEIGHTS: Readonly<Record<string, Weights>> = {
  AV: { N: 0.85, A: 0.62, L: 0.55, P: 0.2 },
  AC: { L: 0.77, H: 0.44 },
  UI: { N: 0.85, R: 0.62 },
  C: IMPACT,
  I: IMPACT,
  A: IMPACT,
  E: { X: 1, H: 1, F: 0.97, P: 0.94, U: 0.91 },
  RL: { X: 1, U: 1, W: 0.97, T: 0.96, O: 0.95 },
  RC: { X: 1, C: 1, R: 0.96, U: 0.92 },
  CR: REQUIREMENT,
  IR: REQUIREMENT,
  AR: REQUIREMENT,
};

/** @see https://www.first.org/cvss/v3-1/specification-document section 7; of version 3.0 section 8 */
export function scoreV3({ version, metrics }: CvssVector, groups: CvssScore['groups']): number {
  const isEnvironmental = groups.includes('environmental');
  /** The modified value where there is one. */
  const value = (name: string): string => {
    const modified = isEnvironmental ? metrics.get(`M${name}`) : undefined;
    return modified === undefined || modified === 'X' ? (metrics.get(name) ?? 'X') : modified;
  };
  const weight = (name: string): number => WEIGHTS[name]?.[value(name)] ?? 1;
  const isBeyondScope = value('S') === 'C';
  const privileges = (isBeyondScope ? PRIVILEGES_BEYOND_SCOPE : PRIVILEGES)[value('PR')] ?? 1;
  const exploitability = 8.22 * weight('AV') * weight('AC') * privileges * weight('UI');
  const left = (name: string, requirement: string): number =>
    1 - weight(name) * (isEnvironmental ? weight(requirement) : 1);
  const loss = 1 - left('C', 'CR') * left('I', 'IR') * left('A', 'AR');
  const impact = isEnvironmental
    ? modifiedImpact(Math.min(loss, 0.915), isBeyondScope, version)
    : impactOf(loss, isBeyondScope, 15);
  const both = impact <= 0 ? 0 : Math.min(10, (isBeyondScope ? 1.08 : 1) * (impact + exploitability));
  return upToTenth(upToTenth(both) * weight('E') * weight('RL') * weight('RC'));
}

function modifiedImpact(loss: number, isBeyondScope: boolean, version: CvssVector['version']): number {
  if (version === '3.0' || !isBeyondScope) return impactOf(loss, isBeyondScope, 15);
  return 7.52 * (loss - 0.029) - 3.25 * (loss * 0.9731 - 0.02) ** 13;
}

function impactOf(loss: number, isBeyondScope: boolean, power: number): number {
  return isBeyondScope ? 7.52 * (loss - 0.029) - 3.25 * (loss - 0.02) ** power : 6.42 * loss;
}

/** Version 3.1's own rounding, which floating point cannot lead astray; version 3.0 means the same. */
function upToTenth(score: number): number {
  const hundredThousandths = Math.round(score * 100_000);
  if (hundredThousandths % 10_000 === 0) return hundredThousandths / 100_000;
  return (Math.floor(hundredThousandths / 10_000) + 1) / 10;
}
