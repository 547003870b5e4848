import type { Finding, SetAside } from '@clair/contracts';
import { type SettledFlaw, type Statement, settleFlaws } from '@clair/matching';
import { Bug, ecosystemOfNamespace, type InventoryPackage } from '@clair/model';
import type { AdvisoryText } from '../store/candidates.ts';
import type { MatchedPackage } from './findings.ts';

/** What a report says of the matched packages; `vulnerability` is the number of an affected row. */
export interface SettledFindings {
  readonly findings: readonly Finding[];
  readonly setAside: readonly SetAside[];
}

export interface SettlingInput {
  readonly packages: readonly InventoryPackage[];
  readonly matched: readonly MatchedPackage[];
  /** By number. */
  readonly texts: ReadonlyMap<number, Pick<AdvisoryText, 'name' | 'aliases'>>;
  /** Namespaces that a loaded feed speaks for. */
  readonly coveredNamespaces: ReadonlySet<string>;
}

type Said = Statement & { readonly match: MatchedPackage };

/**
 * Each flaw of each package once, by whoever has the say. Of a language's package that the distribution installed, its vendor has it
 * (who repairs without changing the version): what others say is set aside, if a feed of the distribution was there to be asked. By
 * package, in the order of `matched`.
 */
export function settleFindings(input: SettlingInput): SettledFindings {
  const findings: Finding[] = [];
  const setAside: SetAside[] = [];
  const vendorOf = vendors(input);
  for (const [index, matches] of Map.groupBy(input.matched, (match) => match.package)) {
    const pkg = input.packages[index];
    if (pkg === undefined) throw new Bug('a match points out of its inventory');
    const vendor = vendorOf(pkg);
    for (const flaw of settleFlaws(matches.map((match) => statement(match, input.texts)))) {
      if (vendor !== undefined) setAside.push(...leftToVendor(flaw, pkg.owner, vendor));
      else if (flaw.kind === 'finding') findings.push(...flaw.deciding.map((said) => finding(said, flaw.also)));
      else setAside.push(...overruled(flaw));
    }
  }
  return { findings: findings.sort(byPackage), setAside: setAside.sort(byPackage) };
}

function byPackage(a: Finding | SetAside, b: Finding | SetAside): number {
  return a.package - b.package || a.vulnerability - b.vulnerability;
}

function statement(match: MatchedPackage, texts: SettlingInput['texts']): Said {
  const text = texts.get(match.row.advisory);
  if (text === undefined) throw new Bug(`affected row ${match.row.id} has no advisory text`);
  const { name, aliases } = text;
  return {
    advisory: match.row.advisory,
    namespace: match.row.affected.namespace,
    name,
    aliases,
    verdict: match.verdict,
    match,
  };
}

/** The covered namespace of the distribution's package that a package belongs to; a language's package of that name is no vendor's. */
function vendors({ packages, coveredNamespaces }: SettlingInput): (pkg: InventoryPackage) => string | undefined {
  const owners = new Set(packages.map(({ owner }) => owner).filter((owner) => owner !== ''));
  const namespaces = new Map(
    packages
      .filter(({ name, owner, namespace }) => owner === '' && owners.has(name) && coveredNamespaces.has(namespace))
      .filter(({ namespace, name }) => ecosystemOfNamespace(namespace) === undefined && name !== '')
      .map(({ name, namespace }) => [name, namespace]),
  );
  return ({ owner }) => (owner === '' ? undefined : namespaces.get(owner));
}

function finding({ match }: Said, also: readonly Said[]): Finding {
  return {
    package: match.package,
    vulnerability: match.row.id,
    verdict: match.verdict,
    reason: match.reason,
    comparedVersion: match.comparedVersion,
    also: also.map((said) => said.match.row.id),
  };
}

function leftToVendor(flaw: SettledFlaw<Said>, owner: string, namespace: string): readonly SetAside[] {
  const said = flaw.kind === 'finding' ? [...flaw.deciding, ...flaw.also] : flaw.others;
  const reason = `its files belong to the package ${owner} of ${namespace}, whose vendor decides`;
  return said.map(({ match }) => ({
    package: match.package,
    vulnerability: match.row.id,
    why: 'vendor-resolved',
    reason,
  }));
}

function overruled({ by, others }: Extract<SettledFlaw<Said>, { readonly kind: 'overruled' }>): readonly SetAside[] {
  const reason = `${by.name}, of a source nearer to the package, says that this version is not affected: ${by.match.reason}`;
  return others.map(({ match }) => ({
    package: match.package,
    vulnerability: match.row.id,
    why: 'other-source',
    reason,
  }));
}
