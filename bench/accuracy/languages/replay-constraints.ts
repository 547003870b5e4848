import { decide } from '@clair/matching';
import { ecosystemOfNamespace } from '@clair/model';
import { affectedRow } from '../affected-row.ts';
import { dataSetLines } from '../data-set.ts';
import { type Compared, compared } from './comparison.ts';
import { languagePackage, namespaceOfType } from './language-package.ts';

interface Match {
  readonly id: string;
  readonly pkgtype: string;
  readonly package: string;
  /** `>=5.0.0,<5.1.8 (semantic)`. */
  readonly constraint: string;
  readonly seen: readonly string[];
}

/**
 * Replays matches of Grype: each version that it saw satisfies its constraint. Of a package with several branches a constraint says
 * one, and the versions seen are those of all, so a version has to satisfy one of the constraints of its package and flaw.
 */
export function replayConstraints(): readonly Compared[] {
  const matches = [...dataSetLines<Match>('constraints')].filter(({ pkgtype }) => namespaceOfType(pkgtype) !== '');
  return [...Map.groupBy(matches, ({ pkgtype }) => namespaceOfType(pkgtype))].sort().map(([namespace, group]) => {
    const theirs = new Set<string>();
    const ours = new Set<string>();
    for (const { id, package: name, constraint, seen } of group) {
      for (const version of seen) {
        theirs.add(`${name} ${version} ${id} ${constraint}`);
        if (isAffected({ namespace, name, version, constraint })) ours.add(`${name} ${version} ${id} ${constraint}`);
      }
    }
    return compared({
      where: namespace,
      recordings: group.length,
      packages: new Set(group.map((one) => one.package)).size,
      theirs,
      ours,
      explain: () => undefined,
    });
  });
}

function isAffected(given: {
  readonly namespace: string;
  readonly name: string;
  readonly version: string;
  readonly constraint: string;
}): boolean {
  const { namespace, name, version, constraint } = given;
  const ecosystem = ecosystemOfNamespace(namespace);
  const row = affectedRow({
    ...{ namespace, package: ecosystem?.lookupName(name) ?? name, packageKind: 'binary' },
    ...{ scheme: ecosystem?.scheme ?? '', range: rangeOf(constraint), status: 'affected', fixState: 'unknown' },
  });
  return decide(languagePackage(namespace, name, version), row).kind === 'affected';
}

/** Bounds with one comma between them. */
function rangeOf(constraint: string) {
  const bounds = constraint.replace(/ \([a-z]+\)$/, '').split(',');
  const of = (operator: string): string | undefined =>
    bounds.map((bound) => /^(>=|<=|<) ?(.+)$/.exec(bound.trim())).find((match) => match?.[1] === operator)?.[2];
  const [introduced, fixed, lastAffected] = [of('>='), of('<'), of('<=')];
  return {
    ...(introduced !== undefined && { introduced }),
    ...(fixed !== undefined && { fixed }),
    ...(lastAffected !== undefined && { lastAffected }),
  };
}
