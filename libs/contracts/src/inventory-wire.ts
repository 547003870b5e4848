import { type Distribution, type FileProblem, type Inventory, ok, type Result } from '@clair/model';
import type {
  Distribution as WireDistribution,
  FileProblem as WireFileProblem,
  InventoryPackage as WireInventoryPackage,
} from './generated/clair/common/v1/common.ts';
import { inventoryPackageFromWire, inventoryPackageToWire } from './package-wire.ts';
import { eachFromWire, malformed, type WireError, wordOf, wordsOf } from './wire-error.ts';

const PROBLEM_KINDS = wordsOf<FileProblem['kind']>({
  malformed: true,
  limit: true,
  incomplete: true,
  unidentified: true,
});

/** The fields of an index report, or of a vulnerability report, that are an inventory. */
export interface WireInventory {
  readonly packages: readonly WireInventoryPackage[];
  readonly distributions: readonly WireDistribution[];
  readonly problems: readonly WireFileProblem[];
}

/** The order of the inventory is kept: findings point into it by index. */
export function inventoryToWire(inventory: Inventory): WireInventory {
  return {
    packages: inventory.packages.map(inventoryPackageToWire),
    distributions: inventory.distributions.map(distributionToWire),
    problems: inventory.problems.map(problemToWire),
  };
}

/** All or nothing: one package that does not read makes the whole inventory an error, so that none is lost in silence. */
export function inventoryFromWire(message: WireInventory): Result<Inventory, WireError> {
  const packages = eachFromWire(message.packages, 'packages', inventoryPackageFromWire);
  if (!packages.ok) return packages;
  const problems = eachFromWire(message.problems, 'problems', problemFromWire);
  if (!problems.ok) return problems;
  return ok({
    packages: packages.value,
    distributions: message.distributions.map(distributionFromWire),
    problems: problems.value,
  });
}

export function distributionToWire(distribution: Distribution): WireDistribution {
  return copyDistribution(distribution);
}

/** Total: a distribution is what an image says of itself, and any text may be in it. */
export function distributionFromWire(message: WireDistribution): Distribution {
  return copyDistribution(message);
}

function copyDistribution(from: Distribution): Distribution {
  return {
    did: from.did,
    name: from.name,
    version: from.version,
    versionCodeName: from.versionCodeName,
    versionId: from.versionId,
    arch: from.arch,
    cpe: from.cpe,
    prettyName: from.prettyName,
    namespace: from.namespace,
  };
}

export function problemToWire(problem: FileProblem): WireFileProblem {
  return { scanner: problem.scanner, path: problem.path, kind: problem.kind, reason: problem.reason };
}

/** Fails on a kind of problem that this version does not know. */
export function problemFromWire(message: WireFileProblem): Result<FileProblem, WireError> {
  const kind = wordOf(PROBLEM_KINDS, message.kind);
  if (kind === undefined) return malformed('kind', `must be one of ${PROBLEM_KINDS.join(', ')}`);
  return ok({ scanner: message.scanner, path: message.path, kind, reason: message.reason });
}
