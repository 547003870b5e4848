export { compareVersions, SCHEMES, schemeOf, type UnknownScheme } from './registry.ts';
export type { MalformedVersion, VersionScheme } from './scheme.ts';
export { type ApkToken, type ApkTokenKind, type ApkVersion, apk } from './schemes/apk/index.ts';
export { type ComposerVersion, composer } from './schemes/composer/index.ts';
export { type DpkgVersion, dpkg } from './schemes/dpkg/index.ts';
export { type GemVersion, gem } from './schemes/gem/index.ts';
export { go } from './schemes/go/index.ts';
export { type MavenToken, type MavenVersion, maven } from './schemes/maven/index.ts';
export { type NugetVersion, nuget } from './schemes/nuget/index.ts';
export { type Pep440PreRelease, type Pep440Version, pep440 } from './schemes/pep440/index.ts';
export { type RpmVersion, rpm } from './schemes/rpm/index.ts';
export { semver } from './schemes/semver/index.ts';
export {
  type MalformedRange,
  type NpmComparator,
  type NpmOperator,
  type NpmRange,
  type NpmRangeOptions,
  parseNpmRange,
  satisfies,
} from './schemes/semver/npm-range.ts';
export type { SemverVersion } from './semver-precedence.ts';
