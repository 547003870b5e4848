import { ecosystemOfType, err, ok, type Package, type Result } from '@clair/model';
import { isPlainText, ownSource } from '@clair/scanners';
import type { SbomComponent } from './component.ts';
import type { PackageUrl } from './package-url.ts';

/** The type of packages whose namespace and name stand with a colon between them, not a slash. */
const GROUPED = 'maven';

/** The package of a language that a component is, or the reason why it cannot be matched. */
export function languagePackage(purl: PackageUrl, component: SbomComponent): Result<Package, string> {
  const ecosystem = ecosystemOfType(purl.type);
  if (ecosystem === undefined) return err(`packages of type ${purl.type} are not matched by this version`);
  const version = purl.version || component.version;
  if (version === '') return err('no version');
  const name = nameOf(purl, component);
  if (![name, version].every(isPlainText)) return err('a name or version of unfit characters, or too long');
  const { type, scheme, namespace } = ecosystem;
  const found = ownSource({ name, version, type, scheme, arch: '', module: '' });
  return ok({ ...found, namespace, cpes: [], owner: '' });
}

/**
 * The whole name. Reading a package URL makes the names of some types lower case, and npm has old packages with capitals: where the
 * component's own name differs in nothing else, it is the right one.
 */
function nameOf({ type, namespace, name }: PackageUrl, component: SbomComponent): string {
  const prefix = namespace === '' ? '' : `${namespace}${type === GROUPED ? ':' : '/'}`;
  const whole = `${prefix}${name}`;
  const stated = [component.name, `${prefix}${component.name}`];
  return stated.find((one) => one.toLowerCase() === whole.toLowerCase()) ?? whole;
}
