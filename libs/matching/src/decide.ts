import { type Affected, ecosystemOfType, type Package, type Verdict } from '@clair/model';
import { moduleApplies } from './module-label.ts';
import { productCovers } from './product-cover.ts';
import { rangePosition } from './range.ts';

/** The names under which the advisories of a package are looked up. */
export interface LookupNames {
  /** For advisories whose `packageKind` is `source`. */
  readonly source: string;
  /** For advisories whose `packageKind` is `binary`. */
  readonly binary: string;
}

/** What {@link decide} reads of an affected row: everything but the words that are only shown. */
export type DecidableAffected = Pick<
  Affected,
  'package' | 'packageKind' | 'scheme' | 'range' | 'status' | 'arches' | 'module' | 'cpe'
>;

const AFFECTED: Verdict = { kind: 'affected' };

/** Spellings of "for every architecture" of dpkg, apk and rpm. */
const ANY_ARCH: ReadonlySet<string> = new Set(['all', 'any', 'noarch']);

/** The names to look advisories up by; both are set, and often the same. Of a language, as its ecosystem tells names apart. */
export function matchNames(pkg: Package): LookupNames {
  const ecosystem = ecosystemOfType(pkg.type);
  if (ecosystem === undefined) return { source: pkg.source.name, binary: pkg.name };
  return { source: ecosystem.lookupName(pkg.source.name), binary: ecosystem.lookupName(pkg.name) };
}

/**
 * The version of the package that the advisory speaks of: the source package's where the advisory names source packages,
 * whatever version the binary carries (a binary rebuild `+b1`, a `gcc` of `gcc-defaults`).
 */
export function comparedVersion(pkg: Package, affected: Pick<Affected, 'packageKind'>): string {
  return affected.packageKind === 'source' ? pkg.source.version : pkg.version;
}

/**
 * Whether the package is one that the advisory warns of. The caller has joined the two on namespace; all else is checked here.
 * Whatever stands between us and an answer is `undecidable` with the reason, never `not-affected`. Reads nothing else: the same
 * arguments give the same verdict.
 */
export function decide(pkg: Package, affected: DecidableAffected): Verdict {
  const elsewhere = speaksOfAnother(pkg, affected);
  if (elsewhere !== undefined) return notAffected(elsewhere);
  const module = moduleApplies(pkg, affected.module);
  if (module.kind === 'no') return notAffected(module.reason);
  const product = productCovers(affected, pkg.cpes);
  if (product.kind === 'elsewhere') return notAffected(product.reason);
  if (affected.status === 'not-affected') return notAffected('the source says that no version is affected');

  const arch = archApplies(pkg.arch, affected.arches);
  if (arch === 'no')
    return notAffected(`the advisory is about ${affected.arches.join(', ')}, the package is ${pkg.arch}`);

  const position = rangePosition(comparedVersion(pkg, affected), affected, pkg.scheme);
  if (position.kind === 'outside') return notAffected(position.reason);
  if (position.kind === 'unknown') return undecidable(position.reason);
  if (arch === 'unknown') {
    return undecidable(
      `the advisory is about ${affected.arches.join(', ')}, the architecture of the package is not known`,
    );
  }
  if (product.kind === 'unknown' || module.kind === 'unknown') {
    return undecidable([product, module].flatMap((one) => (one.kind === 'unknown' ? [one.reason] : [])).join('; '));
  }
  if (affected.status === 'undetermined')
    return undecidable('the source has not decided whether this version is affected');
  return AFFECTED;
}

function speaksOfAnother(pkg: Package, affected: DecidableAffected): string | undefined {
  const names = matchNames(pkg);
  const name = affected.packageKind === 'source' ? names.source : names.binary;
  return name === affected.package
    ? undefined
    : `the advisory is about the ${affected.packageKind} package ${affected.package}`;
}

function archApplies(arch: string, arches: readonly string[]): 'yes' | 'no' | 'unknown' {
  if (arches.length === 0 || arches.includes(arch) || arches.some((each) => ANY_ARCH.has(each))) return 'yes';
  if (arch === '') return 'unknown';
  return ANY_ARCH.has(arch) ? 'yes' : 'no';
}

function notAffected(reason: string): Verdict {
  return { kind: 'not-affected', reason };
}

function undecidable(reason: string): Verdict {
  return { kind: 'undecidable', reason };
}
