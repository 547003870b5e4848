export { comparedVersion, type DecidableAffected, decide, type LookupNames, matchNames } from './decide.ts';
export { coversProduct } from './product-cover.ts';
