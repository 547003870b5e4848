import type { SourcePackage } from '@clair/model';
import { dataSetLines } from './data-set.ts';

interface Inventory {
  readonly purls: readonly string[];
}

/** A binary package of Debian or Ubuntu. */
export interface DebPackage {
  readonly namespace: string;
  readonly name: string;
  readonly version: string;
}

/** How the version of a source package is told from the binary's, as far as it is. */
type VersionRelation = 'same' | 'without-epoch' | 'another';

/** The source packages of Debian's and Ubuntu's binary packages, as the inventories of other images name them. */
export class DebSources {
  readonly #byRelease = new Map<string, Set<string>>();
  readonly #byDistribution = new Map<string, Set<string>>();
  readonly #relations = new Map<string, Set<VersionRelation>>();
  readonly #exact = new Map<string, string>();

  constructor() {
    for (const { purls } of dataSetLines<Inventory>('inventories', (line) => line.includes('pkg:deb/'))) {
      for (const purl of purls) this.#add(purl);
    }
  }

  #add(purl: string): void {
    const [, distribution, name = '', encoded = '', query = ''] =
      /^pkg:deb\/(debian|ubuntu)\/([^@?]+)@([^?]+)(?:\?(.*))?$/.exec(purl) ?? [];
    if (distribution === undefined) return;
    const version = decodeURIComponent(encoded);
    // A plus sign is itself in a package URL, where a form would have it for a space.
    const qualifiers = new URLSearchParams(query.replaceAll('+', '%2B'));
    const [source = '', sourceVersion = version] = (qualifiers.get('upstream') ?? '').split('@');
    const [, release = ''] = /^[a-z]+-(\d+(?:\.(?:04|10))?)/.exec(qualifiers.get('distro') ?? '') ?? [];
    addTo(this.#byRelease, `${distribution}:${release} ${name}`, source || name);
    addTo(this.#byDistribution, `${distribution} ${name}`, source || name);
    const relation = relationOf(version, sourceVersion);
    const known = this.#relations.get(`${distribution} ${name}`);
    if (known === undefined) this.#relations.set(`${distribution} ${name}`, new Set([relation]));
    else known.add(relation);
    // Some inventories name no source at all: one that does is believed before them.
    const exact = `${distribution} ${name} ${version}`;
    if (sourceVersion !== version || !this.#exact.has(exact)) this.#exact.set(exact, sourceVersion);
  }

  /**
   * Source packages that the binary may be built from: of those that inventories of its release name (else of any release),
   * which includes the binary's own name where an inventory knew no source. Empty when no inventory has it, or its version does not
   * say what the source's is.
   */
  candidates({ namespace, name, version }: DebPackage): readonly SourcePackage[] {
    const [distribution = ''] = namespace.split(':');
    const sourceVersion = this.#sourceVersion(distribution, name, version);
    if (sourceVersion === undefined) return [];
    const named = this.#byRelease.get(`${namespace} ${name}`) ?? this.#byDistribution.get(`${distribution} ${name}`);
    return [...(named ?? [])].map((source) => ({ name: source, version: sourceVersion }));
  }

  #sourceVersion(distribution: string, name: string, version: string): string | undefined {
    const exact = this.#exact.get(`${distribution} ${name} ${version}`);
    if (exact !== undefined) return exact;
    // Of a name that is a program's too (python 3.9.7), a version without a revision is dpkg's only when an inventory says so.
    const relations = this.#relations.get(`${distribution} ${name}`);
    if (!version.includes('-') || relations === undefined || relations.has('another')) return undefined;
    return relations.has('without-epoch') ? withoutEpoch(withoutRebuild(version)) : withoutRebuild(version);
  }
}

function relationOf(version: string, sourceVersion: string): VersionRelation {
  if (withoutRebuild(version) === withoutRebuild(sourceVersion)) return 'same';
  return withoutEpoch(withoutRebuild(version)) === sourceVersion ? 'without-epoch' : 'another';
}

/** `+b1`: the binary was built again from the same source. */
function withoutRebuild(version: string): string {
  return version.replace(/\+b\d+$/, '');
}

function withoutEpoch(version: string): string {
  return version.replace(/^\d+:/, '');
}

function addTo(sets: Map<string, Set<string>>, key: string, value: string): void {
  const known = sets.get(key);
  if (known === undefined) sets.set(key, new Set([value]));
  else known.add(value);
}
