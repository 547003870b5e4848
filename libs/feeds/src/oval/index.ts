export { type AffectedRows, affectedRows, type RowBase } from './affected-rows.ts';
export { type AdjustedCases, type OvalAdvisory, type OvalDialect, ovalAdvisories } from './oval-advisories.ts';
export type { OvalCase, OvalMeaning, OvalPackage } from './oval-case.ts';
export type { OvalCases } from './oval-criteria.ts';
export { type OvalDefinition, type OvalOptions, ovalDefinitions } from './oval-document.ts';
export {
  cveIn,
  instantOf,
  issuedAt,
  type OvalReference,
  references,
  severityOf,
  uniqueLinks,
} from './oval-metadata.ts';
export type { OvalEntity, OvalTest } from './oval-test.ts';
export { archesOf, packageMeaning } from './package-test.ts';
