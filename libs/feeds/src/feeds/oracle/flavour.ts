import { err, ok, type Result } from '@clair/model';
import type { OvalPackage } from '../../oval/index.ts';

/** What Oracle builds beside the ordinary package, under its name: recognised by the release of the version. */
const FLAVOURS = [
  { mark: 'ksplice', release: /\.ksplice/ },
  { mark: 'fips', release: /_fips/ },
] as const;

/** Ordinary packages of those names have the epoch 0 or 1. */
const EPOCH_MIN = 2;

/**
 * A fix of a Ksplice-aware or FIPS-validated build, for that build only. Oracle raises the epoch of these builds (glibc from 0 to 2,
 * gnutls from 0 to 10), so that they replace the ordinary package: the fix is about versions of its own epoch. An ordinary package, of
 * a lower one, is older than the fix and yet not affected by the lack of it.
 * Returns ordinary packages as they are. The error says that a build cannot be told from the ordinary package by its epoch.
 */
export function narrowedToFlavour(pkg: OvalPackage, marks: readonly string[]): Result<OvalPackage, string> {
  const fixed = pkg.range.fixed ?? '';
  const flavour = FLAVOURS.find(({ mark, release }) => marks.includes(mark) || release.test(fixed));
  if (flavour === undefined) return ok(pkg);
  const epoch = Number(/^(\d+):/.exec(fixed)?.[1] ?? '0');
  if (epoch < EPOCH_MIN)
    return err(
      `${pkg.package} ${fixed} is a ${flavour.mark} build that its epoch does not tell from the ordinary package`,
    );
  return ok({ ...pkg, range: { ...pkg.range, introduced: `${epoch}:0` } });
}
