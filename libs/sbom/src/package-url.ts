import { err, ok, type Result } from '@clair/model';
import { PackageURL } from 'packageurl-js';

/** The parts of a package URL that matter here, decoded. Those that it does not have are empty. */
export interface PackageUrl {
  /** `deb`, `rpm`, `apk`, or that of a language: `npm`. In lower case. */
  readonly type: string;
  readonly namespace: string;
  readonly name: string;
  readonly version: string;
  readonly qualifiers: ReadonlyMap<string, string>;
}

/** Types of distributions' packages. Syft called `apk` after its distribution for a while. */
const DISTRIBUTION_TYPES: ReadonlyMap<string, string> = new Map([
  ['deb', 'deb'],
  ['rpm', 'rpm'],
  ['apk', 'apk'],
  ['alpine', 'apk'],
]);

const TYPE = /^pkg:\/*([a-z][a-z0-9.+-]{0,63})(?:\/|$)/i;

/** The type as the text has it, in lower case; empty when it is no package URL. */
export function packageUrlType(text: string): string {
  return TYPE.exec(text)?.[1]?.toLowerCase() ?? '';
}

/** Whether it is the URL of a package that a distribution's package manager installs. */
export function isOfPackageManager(text: string): boolean {
  return DISTRIBUTION_TYPES.has(packageUrlType(text));
}

/**
 * Reads the URL of a package. Older tools leave `+` as it is in qualifiers (`gcc12-12.2.1+git416`),
 * and none writes a space that way, so it stays a plus. @see https://github.com/package-url/purl-spec
 */
export function parsePackageUrl(text: string): Result<PackageUrl, string> {
  const stated = packageUrlType(text);
  if (stated === '') return err('not a package URL');
  try {
    const { namespace, name, version, qualifiers } = PackageURL.fromString(withLiteralPlus(text));
    return ok({
      type: DISTRIBUTION_TYPES.get(stated) ?? stated,
      // Of the old type the type is all that names the distribution.
      namespace: namespace || (stated === 'alpine' ? 'alpine' : ''),
      name,
      version: version ?? '',
      qualifiers: new Map(Object.entries(qualifiers ?? {})),
    });
  } catch {
    return err('the package URL does not read');
  }
}

function withLiteralPlus(text: string): string {
  const query = text.indexOf('?');
  return query < 0 ? text : text.slice(0, query) + text.slice(query).replaceAll('+', '%2B');
}
