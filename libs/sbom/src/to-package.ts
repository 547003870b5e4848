import { type Distribution, err, ok, type Package, type Result } from '@clair/model';
import { distributionById, distributionOf, isPlainText, packageNamespace } from '@clair/scanners';
import type { PackageFacts, SbomComponent, StatedDistribution } from './component.ts';
import { distributionIdOf, isNamespaceOf } from './distribution-names.ts';
import { distributionOfQualifiers } from './distribution-qualifier.ts';
import { languagePackage } from './language-package.ts';
import { packageSource } from './package-source.ts';
import { isOfPackageManager, type PackageUrl, parsePackageUrl } from './package-url.ts';
import { packageVersion } from './package-version.ts';
import { toDistribution } from './sbom-distribution.ts';

/** A package, the distribution it is of (`undefined`: a language's), and what of it did not read without costing it. */
export interface PackageOfComponent {
  readonly package: Package;
  readonly distribution: Distribution | undefined;
  readonly problem: string;
}

/** rpm keeps the keys it trusts as if they were packages of this name. */
const KEY_NAME = 'gpg-pubkey';

/** The one reason that is no loss. */
export const SIGNING_KEY = 'a signing key, not a package';

/**
 * The package that a component is, or the reason why it cannot be matched. `own` are the distributions that the document
 * says it is about; they count for packages that name none, and are of the same one. The products (`cpes`) are left empty.
 */
export function toPackage(component: SbomComponent, own: readonly Distribution[]): Result<PackageOfComponent, string> {
  if (component.purl === '') return err('no package URL');
  const read = parsePackageUrl(component.purl);
  if (!read.ok) return read;
  const purl = read.value;
  if (!isOfPackageManager(component.purl)) {
    const found = languagePackage(purl, component);
    return found.ok ? ok({ package: found.value, distribution: undefined, problem: '' }) : found;
  }
  if (purl.name === KEY_NAME) return err(SIGNING_KEY);
  const version = packageVersion(purl, component);
  if (version === '') return err('no version');
  const distribution = distributionFor(purl, own);
  if (!distribution.ok) return distribution;
  return packageOf({ purl, component, version, distribution: distribution.value });
}

function packageOf(given: {
  readonly purl: PackageUrl;
  readonly component: SbomComponent;
  readonly version: string;
  readonly distribution: Distribution;
}): Result<PackageOfComponent, string> {
  const { purl, component, version, distribution } = given;
  // The specification has names in lower case; the few packages that have capitals are named so by their database.
  const name = component.name.toLowerCase() === purl.name.toLowerCase() ? component.name : purl.name;
  const itself = { name, version };
  const source = packageSource(purl, component, itself);
  const module = moduleOf(purl, component.facts);
  const arch = purl.qualifiers.get('arch') || component.facts.arch;
  const bare = { type: purl.type, source: source.ok ? source.value : itself };
  const pkg: Package = {
    ...itself,
    ...bare,
    scheme: distributionOf(distribution)?.scheme ?? '',
    arch,
    module: module.ok ? module.value : '',
    namespace: packageNamespace(bare, distribution),
    cpes: [],
    owner: '',
  };
  const texts = [name, version, arch, pkg.module, pkg.source.name, pkg.source.version];
  if (!texts.every(isPlainText)) return err('a name or version of unfit characters, or too long');
  const problem = [source, module].flatMap((part) => (part.ok ? [] : [part.error])).join('; ');
  return ok({ package: pkg, distribution, problem });
}

/** Its own words before the document's: a document may be about several. */
function distributionFor(purl: PackageUrl, own: readonly Distribution[]): Result<Distribution, string> {
  const stated = distributionOfQualifiers(purl.namespace, purl.qualifiers);
  if (stated !== undefined)
    return releaseOf(
      purl,
      isReleaseOpen(stated) ? (ownLike(stated.id, own) ?? toDistribution(stated)) : toDistribution(stated),
    );
  if (purl.namespace === '') return err('the package URL does not name a distribution');
  const [first, ...others] = own.filter(({ did }) => isNamespaceOf(purl.namespace, did));
  if (first !== undefined) {
    const isOne = others.every(({ namespace }) => namespace === first.namespace);
    return isOne ? releaseOf(purl, first) : err('the document is about several releases, and the package names none');
  }
  const did = distributionIdOf(purl.namespace);
  if (distributionById(did) === undefined) return err(`the distribution ${shown(purl.namespace)} is not known`);
  const unnumbered = toDistribution({ id: did, version: '', codeName: '', prettyName: '' });
  if (unnumbered.namespace !== '') return releaseOf(purl, unnumbered);
  return err(noRelease(unnumbered.name));
}

function isReleaseOpen({ version, codeName }: StatedDistribution): boolean {
  return version === '' && codeName === '';
}

/** The document's, where the package leaves only the release open. */
function ownLike(id: string, own: readonly Distribution[]): Distribution | undefined {
  const alike = own.filter(({ did }) => did === distributionIdOf(id));
  return alike.length === 1 ? alike[0] : undefined;
}

/** The distribution, if packages of the type are its own and its release is known. */
function releaseOf(purl: PackageUrl, distribution: Distribution): Result<Distribution, string> {
  const known = distributionOf(distribution);
  if (known === undefined) return err(`the distribution ${shown(distribution.did)} is not known`);
  if (known.packageType !== purl.type) return err(`packages of type ${purl.type} are not of ${known.title}`);
  if (distribution.namespace !== '') return ok(distribution);
  const release = distribution.versionId || distribution.versionCodeName;
  if (release === '') return err(noRelease(known.title));
  return err(`${shown(release)} is no release of ${known.title} that is known here`);
}

/** `name:stream` of a label that may be longer. */
function moduleOf(purl: PackageUrl, facts: PackageFacts): Result<string, string> {
  const label = purl.qualifiers.get('rpmmod') || purl.qualifiers.get('modularitylabel') || facts.module;
  if (label === '') return ok('');
  const [name, stream] = label.split(':');
  return name && stream
    ? ok(`${name}:${stream}`)
    : err(`the module label does not read: ${JSON.stringify(shown(label))}`);
}

function noRelease(title: string): string {
  return `neither the package nor the document says which release of ${title} it is of`;
}

const SHOWN_LENGTH_MAX = 40;

function shown(text: string): string {
  return text.length > SHOWN_LENGTH_MAX ? `${text.slice(0, SHOWN_LENGTH_MAX)}…` : text;
}
