import { MACRO_VECTOR_SCORES } from './macro-vectors.ts';

/** How severe a value is, in steps from the worst. */
const STEPS: Readonly<Record<string, string>> = {
  AV: 'NALP',
  PR: 'NLH',
  UI: 'NPA',
  AC: 'LH',
  AT: 'NP',
  VC: 'HLN',
  VI: 'HLN',
  VA: 'HLN',
  SC: '-HLN',
  SI: 'SHLN',
  SA: 'SHLN',
  CR: 'HML',
  IR: 'HML',
  AR: 'HML',
};

/** Of each level of an equivalence set: the worst vectors in it, and how many steps it is deep. Sets 3 and 6 depend on each other. */
interface Level {
  readonly worst: readonly string[];
  readonly depth: number;
}

const EQ1: readonly Level[] = [
  { worst: ['AV:N/PR:N/UI:N'], depth: 1 },
  { worst: ['AV:A/PR:N/UI:N', 'AV:N/PR:L/UI:N', 'AV:N/PR:N/UI:P'], depth: 4 },
  { worst: ['AV:P/PR:N/UI:N', 'AV:A/PR:L/UI:P'], depth: 5 },
];
const EQ2: readonly Level[] = [
  { worst: ['AC:L/AT:N'], depth: 1 },
  { worst: ['AC:H/AT:N', 'AC:L/AT:P'], depth: 2 },
];
const EQ3_AND_6: Readonly<Record<string, Level>> = {
  '00': { worst: ['VC:H/VI:H/VA:H/CR:H/IR:H/AR:H'], depth: 7 },
  '01': { worst: ['VC:H/VI:H/VA:L/CR:M/IR:M/AR:H', 'VC:H/VI:H/VA:H/CR:M/IR:M/AR:M'], depth: 6 },
  '10': { worst: ['VC:L/VI:H/VA:H/CR:H/IR:H/AR:H', 'VC:H/VI:L/VA:H/CR:H/IR:H/AR:H'], depth: 8 },
  '11': {
    worst: [
      'VC:L/VI:H/VA:L/CR:H/IR:M/AR:H',
      'VC:L/VI:H/VA:H/CR:H/IR:M/AR:M',
      'VC:H/VI:L/VA:H/CR:M/IR:H/AR:M',
      'VC:H/VI:L/VA:L/CR:M/IR:H/AR:H',
      'VC:L/VI:L/VA:H/CR:H/IR:H/AR:M',
    ],
    depth: 8,
  },
  '21': { worst: ['VC:L/VI:L/VA:L/CR:H/IR:H/AR:H'], depth: 10 },
};
const EQ4: readonly Level[] = [
  { worst: ['SC:H/SI:S/SA:S'], depth: 6 },
  { worst: ['SC:H/SI:H/SA:H'], depth: 5 },
  { worst: ['SC:L/SI:L/SA:L'], depth: 4 },
];

type ValueOf = (metric: string) => string;

/**
 * The score of the vector's MacroVector, less the mean, over the sets, of how far the vector is on the way to the next lower one.
 * @see https://www.first.org/cvss/v4-0/specification-document section 8
 */
export function scoreV4(metrics: ReadonlyMap<string, string>): number {
  const valueIn = effective(metrics);
  if (['VC', 'VI', 'VA', 'SC', 'SI', 'SA'].every((metric) => valueIn(metric) === 'N')) return 0;
  const [eq1, eq2, eq3, eq4, eq5, eq6] = levels(valueIn);
  const at = (...sets: readonly number[]): number | undefined => MACRO_VECTOR_SCORES.get(sets.join(''));
  const score = at(eq1, eq2, eq3, eq4, eq5, eq6) ?? 0;
  const ways = [
    { lower: at(eq1 + 1, eq2, eq3, eq4, eq5, eq6), level: EQ1[eq1] },
    { lower: at(eq1, eq2 + 1, eq3, eq4, eq5, eq6), level: EQ2[eq2] },
    {
      lower: highest([at(eq1, eq2, eq3 + 1, eq4, eq5, eq6), at(eq1, eq2, eq3, eq4, eq5, eq6 + 1)]),
      level: EQ3_AND_6[`${eq3}${eq6}`],
    },
    { lower: at(eq1, eq2, eq3, eq4 + 1, eq5, eq6), level: EQ4[eq4] },
    // The fifth set has one metric, so every vector is the worst of its level.
    { lower: at(eq1, eq2, eq3, eq4, eq5 + 1, eq6), level: undefined },
  ];
  let less = 0;
  let count = 0;
  for (const { lower, level } of ways) {
    if (lower === undefined) continue;
    count += 1;
    if (level !== undefined) less += ((score - lower) * stepsFromWorst(level, valueIn)) / level.depth;
  }
  const mean = count === 0 ? 0 : less / count;
  return Math.round(Math.min(10, Math.max(0, score - mean)) * 10 + 1e-6) / 10;
}

/** The modified value where there is one; what is not defined counts as the worst. */
function effective(metrics: ReadonlyMap<string, string>): ValueOf {
  return (metric) => {
    const modified = metrics.get(`M${metric}`) ?? 'X';
    const value = modified === 'X' ? (metrics.get(metric) ?? 'X') : modified;
    if (value !== 'X') return value;
    return metric === 'E' ? 'A' : 'H';
  };
}

function levels(valueIn: ValueOf): readonly [number, number, number, number, number, number] {
  const is = (metric: string, value: string): boolean => valueIn(metric) === value;
  const easy = [is('AV', 'N'), is('PR', 'N'), is('UI', 'N')];
  const eq1 = is('AV', 'P') || !easy.includes(true) ? 2 : easy.includes(false) ? 1 : 0;
  const eq2 = is('AC', 'L') && is('AT', 'N') ? 0 : 1;
  const isAnyHigh = is('VC', 'H') || is('VI', 'H') || is('VA', 'H');
  const eq3 = is('VC', 'H') && is('VI', 'H') ? 0 : isAnyHigh ? 1 : 2;
  const isSafety = is('SI', 'S') || is('SA', 'S');
  const eq4 = isSafety ? 0 : is('SC', 'H') || is('SI', 'H') || is('SA', 'H') ? 1 : 2;
  const eq5 = 'APU'.indexOf(valueIn('E'));
  const isRequired = ['C', 'I', 'A'].some((letter) => is(`${letter}R`, 'H') && is(`V${letter}`, 'H'));
  return [eq1, eq2, eq3, eq4, eq5, isRequired ? 0 : 1];
}

/** Of two neighbours the nearer, where there are two. */
function highest(scores: readonly (number | undefined)[]): number | undefined {
  const known = scores.filter((score) => score !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

/** Steps from the worst vector of the level that is in no metric better than this one. */
function stepsFromWorst({ worst }: Level, valueIn: ValueOf): number {
  for (const vector of worst) {
    const steps = vector.split('/').map((part) => {
      const [metric = '', value = ''] = part.split(':');
      const order = STEPS[metric] ?? '';
      return order.indexOf(valueIn(metric)) - order.indexOf(value);
    });
    if (steps.every((step) => step >= 0)) return steps.reduce((sum, step) => sum + step, 0);
  }
  return 0;
}
