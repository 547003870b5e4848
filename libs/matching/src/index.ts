export { comparedVersion, type DecidableAffected, decide, type LookupNames, matchNames } from './decide.ts';
