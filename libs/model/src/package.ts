/**
 * The version scheme that a package or an advisory names: a folder of `libs/versions`, whose registry is the only list.
 * A name that the registry does not know makes a comparison undecidable.
 */
export type SchemeId = string;

/** The source package that a distribution built a binary package from. Advisories of Debian and Alpine are about it. */
export interface SourcePackage {
  readonly name: string;
  readonly version: string;
}

/** One installed package as its database describes it, before anything is known of the image around it. */
export interface ScannedPackage {
  readonly name: string;
  readonly version: string;
  /** The package URL type: `deb`, `apk`, … @see https://github.com/package-url/purl-spec */
  readonly type: string;
  readonly scheme: SchemeId;
  /** As the package manager spells it (`amd64`, `x86_64`, `all`); empty when the database does not say. */
  readonly arch: string;
  /** rpm's `name:stream`; empty otherwise. */
  readonly module: string;
  /** The package itself where the database names no other source. */
  readonly source: SourcePackage;
}

/**
 * A package of an inventory. Its {@link namespace} is the world its version lives in (`debian:12`, `alpine:v3.20`,
 * `PyPI`), or empty when the image does not say which distribution it is: such a package is listed and never matched.
 */
export interface Package extends ScannedPackage {
  readonly namespace: string;
  /** The products whose repositories it may have come from, sorted, for vendors whose advisories are about products (Red Hat); else empty. */
  readonly cpes: readonly string[];
  /**
   * Of a language's package whose files the distribution installed: the name of the distribution's package that they belong
   * to (`python3-requests`), whose vendor then decides. Empty otherwise.
   */
  readonly owner: string;
}

/** Where a package was found in an image. */
export interface PackageLocation {
  /** Path of the package database or file, without a leading slash: `var/lib/dpkg/status`; in an archive `app.war:WEB-INF/lib/a.jar`. */
  readonly path: string;
  /** Digest of the oldest layer from which the package is there, in this version, without interruption. */
  readonly introducedIn: string;
  /** Digest of the layer whose copy of {@link path} was read. */
  readonly layer: string;
}

/** Packages are the same when they agree in all of this; it is the identity under which they are stored and shared. */
export function packageKey(p: Package): string {
  const fields = [p.type, p.namespace, p.name, p.version, p.arch, p.module, p.source.name, p.source.version, p.owner];
  return [...fields, ...p.cpes].join('\u0000');
}
