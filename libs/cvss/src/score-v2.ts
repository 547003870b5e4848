import type { CvssScore } from './score.ts';

type Weights = Readonly<Record<string, number>>;

const IMPACT: Weights = { N: 0, P: 0.275, C: 0.66 };
const REQUIREMENT: Weights = { L: 0.5, M: 1, H: 1.51, ND: 1 };
const WEIGHTS: Readonly<Record<string, Weights>> = {
  AV: { L: 0.395, A: 0.646, N: 1 },
  AC: { H: 0.35, M: 0.61, L: 0.71 },
  Au: { M: 0.45, S: 0.56, N: 0.704 },
  C: IMPACT,
  I: IMPACT,
  A: IMPACT,
  E: { U: 0.85, POC: 0.9, F: 0.95, H: 1, ND: 1 },
  RL: { OF: 0.87, TF: 0.9, W: 0.95, U: 1, ND: 1 },
  RC: { UC: 0.9, UR: 0.95, C: 1, ND: 1 },
  CDP: { N: 0, L: 0.1, LM: 0.3, MH: 0.4, H: 0.5, ND: 0 },
  TD: { N: 0, L: 0.25, M: 0.75, H: 1, ND: 1 },
  CR: REQUIREMENT,
  IR: REQUIREMENT,
  AR: REQUIREMENT,
};

/** @see https://www.first.org/cvss/v2/guide section 3.2 */
export function scoreV2(metrics: ReadonlyMap<string, string>, groups: CvssScore['groups']): number {
  const weight = (name: string, absent = 1): number => WEIGHTS[name]?.[metrics.get(name) ?? ''] ?? absent;
  const exploitability = 20 * weight('AV') * weight('AC') * weight('Au');
  const base = (impact: number): number =>
    tenths((0.6 * impact + 0.4 * exploitability - 1.5) * (impact === 0 ? 0 : 1.176));
  const temporal = (score: number): number => tenths(score * weight('E') * weight('RL') * weight('RC'));
  const left = (name: string, requirement: number): number => 1 - weight(name) * requirement;
  if (!groups.includes('environmental')) {
    const impact = 10.41 * (1 - left('C', 1) * left('I', 1) * left('A', 1));
    return groups.includes('threat') ? temporal(base(impact)) : base(impact);
  }
  const product = left('C', weight('CR')) * left('I', weight('IR')) * left('A', weight('AR'));
  const adjusted = temporal(base(Math.min(10, 10.41 * (1 - product))));
  return tenths((adjusted + (10 - adjusted) * weight('CDP', 0)) * weight('TD'));
}

/** Products of weights end a hair beside the tenth that they are. */
function tenths(score: number): number {
  return Math.round(Number((score * 10).toFixed(6))) / 10;
}
