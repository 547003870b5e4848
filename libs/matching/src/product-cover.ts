import type { Affected } from '@clair/model';
import { type CpeValue, compareAttribute, parseCpe, type WellFormedName } from './cpe.ts';

/** What the advisory is about, as far as its product goes. */
export type CoveringRow = Pick<Affected, 'cpe' | 'range'>;

export type ProductCover =
  | { readonly kind: 'covered' }
  | { readonly kind: 'elsewhere'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

const COVERED: ProductCover = { kind: 'covered' };

/** The same CPEs come with every package of an image and every row of a feed. */
const CACHE_ENTRIES_MAX = 20_000;
const parsedCpes = new Map<string, WellFormedName | undefined>();

/** Whether a package that may have come from the repositories of these products is of the row's product. */
export function productCovers(row: CoveringRow, packageCpes: readonly string[]): ProductCover {
  if (row.cpe === '') return COVERED;
  const advisory = cpeOf(row.cpe);
  if (advisory === undefined) return { kind: 'unknown', reason: `the advisory's product ${row.cpe} does not read` };
  if (packageCpes.length === 0) {
    return { kind: 'unknown', reason: `the advisory is about ${row.cpe}, the product of the package is not known` };
  }
  const isFix = row.range.fixed !== undefined;
  let unreadable: string | undefined;
  for (const text of packageCpes) {
    const cpe = cpeOf(text);
    if (cpe === undefined) unreadable ??= text;
    else if (covers(advisory, cpe) || (!isFix && isReleaseOf(advisory, cpe))) return COVERED;
  }
  if (unreadable !== undefined) {
    return { kind: 'unknown', reason: `the package's product ${unreadable} does not read` };
  }
  return { kind: 'elsewhere', reason: `the advisory is about ${row.cpe}, the package is of ${packageCpes.join(', ')}` };
}

/** Whether a fix for the advisory's product is one for a package of the other's repositories. False when either does not read. */
export function coversProduct(advisoryCpe: string, packageCpe: string): boolean {
  const [advisory, pkg] = [cpeOf(advisoryCpe), cpeOf(packageCpe)];
  return advisory !== undefined && pkg !== undefined && covers(advisory, pkg);
}

/**
 * The advisory's name is equal to the package's or a superset of it (NISTIR 7696), with the three liberties that Red Hat takes:
 * the operating system holds its application streams, which are of part `a`; a version holds its minor versions (`openshift:4`
 * is any 4.x); and the main stream of a release, whose minor version nobody knows, holds what is said of one of them.
 */
function covers(advisory: WellFormedName, pkg: WellFormedName): boolean {
  const { part, version, ...rest } = advisory;
  const isSystem = is(part, 'o') && is(pkg.part, 'a');
  if (!isSystem && !isEqualOrSuperset(part, pkg.part)) return false;
  if (!isEqualOrSuperset(rest.vendor, pkg.vendor) || !isEqualOrSuperset(rest.product, pkg.product)) return false;
  const isMainStream = is(pkg.vendor, 'redhat') && is(pkg.product, 'enterprise_linux');
  if (!versionCovers(version, pkg.version) && !(isMainStream && versionCovers(pkg.version, version))) return false;
  const { update, edition, language, swEdition, targetSw, targetHw, other } = rest;
  return (
    isEqualOrSuperset(update, pkg.update) &&
    isEqualOrSuperset(edition, pkg.edition) &&
    isEqualOrSuperset(language, pkg.language) &&
    isEqualOrSuperset(swEdition, pkg.swEdition) &&
    isEqualOrSuperset(targetSw, pkg.targetSw) &&
    isEqualOrSuperset(targetHw, pkg.targetHw) &&
    isEqualOrSuperset(other, pkg.other)
  );
}

function isEqualOrSuperset(source: CpeValue, target: CpeValue): boolean {
  const relation = compareAttribute(source, target);
  return relation === 'equal' || relation === 'superset';
}

/** `8` covers `8.1`; `8.1` does not cover `8.10`. */
function versionCovers(source: CpeValue, target: CpeValue): boolean {
  if (isEqualOrSuperset(source, target)) return true;
  if (source.kind !== 'pattern' || target.kind !== 'pattern') return false;
  return target.pattern.startsWith(`${source.pattern}\\.`);
}

/** Streams of a release that are supported longer than the main one. */
const STREAM = /^(?:rhel_(?:eus|aus|e4s|tus|els|eus_long_life)|enterprise_linux_(?:eus|aus|e4s|tus|els))$/;

/**
 * Whether the advisory is about a release of Red Hat Enterprise Linux as a whole (`enterprise_linux:9`), and the package is of
 * one of its streams (`rhel_eus:9.2`). Red Hat states what has no fix once for the release, and what is fixed for each stream.
 */
function isReleaseOf(advisory: WellFormedName, pkg: WellFormedName): boolean {
  if (!is(advisory.vendor, 'redhat') || !is(advisory.product, 'enterprise_linux')) return false;
  if (advisory.edition.kind !== 'any' || advisory.version.kind !== 'pattern') return false;
  if (!/^\d+$/.test(advisory.version.pattern)) return false;
  const isStream = pkg.product.kind === 'pattern' && STREAM.test(pkg.product.pattern);
  return isStream && is(pkg.vendor, 'redhat') && versionCovers(advisory.version, pkg.version);
}

function is(value: CpeValue, pattern: string): boolean {
  return value.kind === 'pattern' && value.pattern === pattern;
}

function cpeOf(text: string): WellFormedName | undefined {
  if (parsedCpes.has(text)) return parsedCpes.get(text);
  const parsed = parseCpe(text);
  const name = parsed.ok ? parsed.value : undefined;
  if (parsedCpes.size >= CACHE_ENTRIES_MAX) parsedCpes.clear();
  parsedCpes.set(text, name);
  return name;
}
