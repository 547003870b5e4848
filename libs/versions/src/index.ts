export { compareVersions, SCHEMES, schemeOf, type UnknownScheme } from './registry.ts';
export type { MalformedVersion, VersionScheme } from './scheme.ts';
export { type ApkToken, type ApkTokenKind, type ApkVersion, apk } from './schemes/apk/index.ts';
export { type DpkgVersion, dpkg } from './schemes/dpkg/index.ts';
export { type RpmVersion, rpm } from './schemes/rpm/index.ts';
