import { err, type Result } from '@clair/model';
import type { MalformedVersion, VersionScheme } from './scheme.ts';
import { apk } from './schemes/apk/index.ts';
import { composer } from './schemes/composer/index.ts';
import { dpkg } from './schemes/dpkg/index.ts';
import { gem } from './schemes/gem/index.ts';
import { go } from './schemes/go/index.ts';
import { maven } from './schemes/maven/index.ts';
import { nuget } from './schemes/nuget/index.ts';
import { pep440 } from './schemes/pep440/index.ts';
import { rpm } from './schemes/rpm/index.ts';
import { semver } from './schemes/semver/index.ts';

/** Every scheme there is, by the name that packages and advisories use: one folder of `schemes/` and one line here. */
export const SCHEMES = { apk, composer, dpkg, gem, go, maven, nuget, pep440, rpm, semver } as const satisfies Readonly<
  Record<string, VersionScheme>
>;

/** A scheme that nobody has taught this library; the comparison is undecidable. */
export interface UnknownScheme {
  readonly kind: 'unknown-scheme';
  readonly id: string;
}

const BY_ID: ReadonlyMap<string, VersionScheme> = new Map(Object.entries(SCHEMES));

/** The scheme of that name; `undefined` when there is none. */
export function schemeOf(id: string): VersionScheme | undefined {
  return BY_ID.get(id);
}

/**
 * Negative when `a` is older than `b` in the scheme, zero when they are equal in its order (`1.0` and `1.0-0` of dpkg are).
 * Names the first text that does not parse, `a` before `b`.
 */
export function compareVersions(
  schemeId: string,
  a: string,
  b: string,
): Result<number, MalformedVersion | UnknownScheme> {
  const scheme = schemeOf(schemeId);
  if (scheme === undefined) return err({ kind: 'unknown-scheme', id: schemeId });
  const left = scheme.parse(a);
  if (!left.ok) return left;
  const right = scheme.parse(b);
  if (!right.ok) return right;
  return { ok: true, value: scheme.compare(left.value, right.value) };
}
