import { METRIC_GROUPS } from './metrics.ts';
import { scoreV2 } from './score-v2.ts';
import { scoreV3 } from './score-v3.ts';
import { scoreV4 } from './score-v4.ts';
import type { CvssVector } from './vector.ts';

export type CvssRating = 'None' | 'Low' | 'Medium' | 'High' | 'Critical';

export interface CvssScore {
  /** 0 to 10 in tenths. */
  readonly score: number;
  readonly rating: CvssRating;
  /** The metric groups that the score is of: `base`, and what of the others the vector has. */
  readonly groups: readonly ('base' | 'threat' | 'environmental')[];
}

/** The score of all metrics that the vector has. */
export function cvssScore(vector: CvssVector): CvssScore {
  const groups = scoredGroups(vector);
  const score = scoreOf(vector, groups);
  return { score, rating: ratingOf(score, vector), groups };
}

function scoreOf(vector: CvssVector, groups: CvssScore['groups']): number {
  switch (vector.version) {
    case '2.0':
      return scoreV2(vector.metrics, groups);
    case '4.0':
      return scoreV4(vector.metrics);
    default:
      return scoreV3(vector, groups);
  }
}

/** A metric that is there and "not defined" (`X`, `ND`) says nothing. */
function scoredGroups({ version, metrics }: CvssVector): CvssScore['groups'] {
  return METRIC_GROUPS[version].flatMap(({ name, metrics: of }) => {
    const isSaid = of.some((metric) => {
      const value = metrics.get(metric.name);
      return value !== undefined && value !== 'X' && value !== 'ND';
    });
    return isSaid && name !== 'supplemental' ? [name] : [];
  });
}

function ratingOf(score: number, { version }: CvssVector): CvssRating {
  if (version === '2.0') return score < 4 ? 'Low' : score < 7 ? 'Medium' : 'High';
  if (score === 0) return 'None';
  if (score < 4) return 'Low';
  if (score < 7) return 'Medium';
  return score < 9 ? 'High' : 'Critical';
}
