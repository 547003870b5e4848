export { comparedVersion, type DecidableAffected, decide, type LookupNames, matchNames } from './decide.ts';
export { coversProduct } from './product-cover.ts';
export { type SettledFlaw, type Statement, settleFlaws } from './settle-flaws.ts';
export { isOverruled } from './source-rank.ts';
