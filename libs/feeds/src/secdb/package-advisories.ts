import type { Advisory, Affected, VersionRange } from '@clair/model';
import { type ApkVersion, apk } from '@clair/versions';
import { type PackageClaims, wholeClaim } from './package-secfixes.ts';

/** In what the databases of the apk distributions differ. */
export interface SecdbDialect {
  readonly namespace: string;
  /** Who is quoted, where a line says more than its id: `Alpine's security database`. */
  readonly database: string;
  /** The distribution's own page about a CVE, where it has one. */
  cvePage?(cve: string): string;
}

/** In the place of a version: no version of the package was ever affected. */
const NEVER = '0';

/** The advisories of a package, one for each vulnerability, each made when it is asked for. */
export function* advisoriesOf(
  { name: packageName, claims }: PackageClaims,
  dialect: SecdbDialect,
): Generator<Advisory> {
  for (const [name, said] of claims) {
    const { versions, aliases, remarks } = wholeClaim(said);
    yield {
      key: `${name}/${packageName}`,
      name,
      description: [...remarks].map((remark) => `${dialect.database} has: ${remark}`).join('\n'),
      issued: '',
      links: linksOf(name, dialect),
      aliases: [...aliases],
      upstream: [],
      affected: affectedOf([...versions], { namespace: dialect.namespace, package: packageName }),
    };
  }
}

/**
 * A vulnerability that is listed under several versions was fixed in each: again because the first patch was incomplete or lost,
 * or once more when upstream's own release brought the fix. Which of the two it was the database does not say. The newest version
 * decides, so that no version between them that is still vulnerable is called safe. A version that does not parse cannot take
 * part; it gets a row of its own, which makes every comparison with it undecidable.
 */
function affectedOf(versions: readonly string[], of: Pick<Affected, 'namespace' | 'package'>): Affected[] {
  const row = (range: VersionRange, isAffected: boolean): Affected => ({
    ...of,
    packageKind: 'source',
    scheme: 'apk',
    range,
    status: isAffected ? 'affected' : 'not-affected',
    fixState: isAffected ? 'fixed' : 'unknown',
    arches: [],
    module: '',
    cpe: '',
    bulletin: '',
    severity: '',
    normalizedSeverity: 'Unknown',
  });
  const fixes = versions.filter((version) => version !== NEVER);
  if (fixes.length === 0) return [row({}, false)];
  const unreadable: string[] = [];
  let newest: { readonly text: string; readonly version: ApkVersion } | undefined;
  for (const text of fixes) {
    const parsed = apk.parse(text);
    if (!parsed.ok) unreadable.push(text);
    else if (newest === undefined || apk.compare(newest.version, parsed.value) < 0)
      newest = { text, version: parsed.value };
  }
  const decided = newest === undefined ? [] : [newest.text];
  return [...decided, ...unreadable].map((fixed) => row({ fixed }, true));
}

function linksOf(name: string, { cvePage }: SecdbDialect): string[] {
  if (name.startsWith('CVE-')) return [cvePage?.(name) ?? `https://www.cve.org/CVERecord?id=${name}`];
  if (name.startsWith('GHSA-')) return [`https://github.com/advisories/${name}`];
  if (name.startsWith('CGA-')) return [`https://images.chainguard.dev/security/${name}`];
  const xen = /^XSA-([0-9]+)$/.exec(name)?.[1];
  return xen === undefined ? [] : [`https://xenbits.xen.org/xsa/advisory-${xen}.html`];
}
