export { isDebianCodeName } from './debian.ts';
export type { EndOfLife } from './end-of-life.ts';
export type { DistributionIdentity, KnownDistribution } from './known-distribution.ts';
export {
  distributionById,
  distributionOf,
  distributionOfNamespace,
  endOfLifeOf,
  namespaceOf,
  packageNamespace,
  releaseTitle,
} from './lookup.ts';
export { DISTRIBUTIONS } from './registry.ts';
