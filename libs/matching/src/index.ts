export { comparedVersion, type DecidableAffected, decide, type LookupNames, matchNames } from './decide.ts';
export { coversProduct } from './product-cover.ts';
export { type FlawNames, flawIds } from './same-flaw.ts';
export { type SettledFlaw, type Statement, settleFlaw, settleFlaws } from './settle-flaws.ts';
export { isOverruled } from './source-rank.ts';
