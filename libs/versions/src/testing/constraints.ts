import { compareVersions } from '../registry.ts';

const SIGNS: Readonly<Record<string, number>> = { '<': -1, '=': 0, '>': 1 };

/**
 * Whether the version is in `> 1, < 2 || = 3`; a version alone is meant exactly, an empty constraint holds for everything, `~>` is that of
 * RubyGems. `undefined`: a version of it does not parse.
 */
export function satisfies(scheme: string, version: string, constraint: string): boolean | undefined {
  if (constraint.trim() === '') return true;
  const sets = constraint.split('||').map((set) => set.split(',').map((term) => meets(scheme, version, term.trim())));
  if (sets.flat().includes(undefined)) return undefined;
  return sets.some((set) => set.every((isMet) => isMet === true));
}

function meets(scheme: string, version: string, term: string): boolean | undefined {
  const [, operator = '', bound = ''] = /^(~>|<=|>=|==|<|>|=|)\s*"?([^\s"]+)"?$/.exec(term) ?? [];
  if (operator === '~>') return satisfies(scheme, version, `>= ${bound}, < ${nextBefore(bound)}`);
  const order = compareVersions(scheme, version, bound);
  if (!order.ok) return undefined;
  return (operator.includes('=') && order.value === 0) || Math.sign(order.value) === SIGNS[operator[0] ?? '='];
}

/** `1.5.5` → `1.6`. */
function nextBefore(bound: string): string {
  const numbers = bound.split('.').slice(0, -1).map(Number);
  return [...numbers.slice(0, -1), (numbers.at(-1) ?? 0) + 1].join('.');
}
