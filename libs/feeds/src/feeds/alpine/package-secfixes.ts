import { type Advisory, type Affected, err, ok, type Rejection, type Result, type VersionRange } from '@clair/model';
import { type ApkVersion, apk } from '@clair/versions';
import { isJsonObject, jsonPointer, shown } from '../../json-fields.ts';
import { readSecfixEntry } from './secfix-entry.ts';

/** `{"pkg": {"name", "secfixes": {version: [line, …]}}}` and where it stands in its document. */
export interface PackageRecord {
  readonly index: number;
  readonly value: unknown;
}

/** What is said of one vulnerability in one package. */
interface Claim {
  readonly versions: Set<string>;
  readonly aliases: Set<string>;
  readonly remarks: Set<string>;
}

/** One package's vulnerabilities, as they are put together from its lines. */
export interface PackageClaims {
  readonly name: string;
  readonly claims: Map<string, Claim>;
  readonly rejections: Rejection[];
}

const PACKAGE_NAME = /^[0-9A-Za-z_][0-9A-Za-z_.+-]{0,199}$/;
/** In the place of a version: no version of the package was ever affected. */
const NEVER = '0';
const LINE_LENGTH_MAX = 1_000;

/** Reads a package. Adds to `known`, when the document has named the same package before. */
export function readPackage(
  record: PackageRecord,
  known: ReadonlyMap<string, PackageClaims>,
): Result<PackageClaims, Rejection> {
  const at = (...keys: readonly (string | number)[]) => jsonPointer('packages', record.index, ...keys);
  const pkg = isJsonObject(record.value) ? record.value.pkg : undefined;
  if (!isJsonObject(pkg)) return err({ at: at(), reason: 'there is no pkg object' });
  const { name } = pkg;
  if (typeof name !== 'string' || !PACKAGE_NAME.test(name)) {
    return err({ at: at('pkg', 'name'), reason: `${shown(name)} is no package name` });
  }
  const into: PackageClaims = known.get(name) ?? { name, claims: new Map(), rejections: [] };
  const secfixes = pkg.secfixes ?? {};
  if (Array.isArray(secfixes) && secfixes.length === 0) return ok(into);
  if (!isJsonObject(secfixes))
    return err({ at: at('pkg', 'secfixes'), reason: `secfixes of ${name} is not an object` });
  for (const [version, list] of Object.entries(secfixes)) {
    const lines = linesOf(list);
    if (lines === undefined) {
      into.rejections.push({
        at: at('pkg', 'secfixes', version),
        reason: `what ${name} ${version} fixes is not a list`,
      });
      continue;
    }
    for (const [index, line] of lines.entries()) {
      const problem = claim(into, version, line);
      if (problem !== undefined)
        into.rejections.push({ at: at('pkg', 'secfixes', version, index), reason: `${name}: ${problem}` });
    }
  }
  return ok(into);
}

/** An empty text or null is how YAML's empty list arrives. */
function linesOf(list: unknown): readonly unknown[] | undefined {
  if (Array.isArray(list)) return list;
  if (list === null || list === '') return [];
  return typeof list === 'string' ? [list] : undefined;
}

/** Notes a line; returns what is wrong with it, if anything. */
function claim(into: PackageClaims, version: string, line: unknown): string | undefined {
  if (typeof line !== 'string') return `${shown(line)} is not an id`;
  if (line.length > LINE_LENGTH_MAX) return `a line is longer than ${LINE_LENGTH_MAX} characters`;
  if (line.includes('\u0000') || version.includes('\u0000')) return 'a line holds a NUL character';
  const { names, aliases, remark } = readSecfixEntry(line);
  if (names.length === 0) return `${shown(line)} names no vulnerability`;
  for (const name of names) {
    const known = into.claims.get(name) ?? { versions: new Set(), aliases: new Set(), remarks: new Set() };
    into.claims.set(name, known);
    known.versions.add(version);
    for (const alias of aliases) known.aliases.add(alias);
    if (remark !== '') known.remarks.add(remark);
  }
  return undefined;
}

/** The advisories of a package, one for each vulnerability. */
export function advisoriesOf({ name: packageName, claims }: PackageClaims, namespace: string): Advisory[] {
  return Array.from(claims, ([name, { versions, aliases, remarks }]) => ({
    key: `${name}/${packageName}`,
    name,
    description: [...remarks].map((remark) => `Alpine's security database has: ${remark}`).join('\n'),
    issued: '',
    links: linksOf(name),
    aliases: [...aliases],
    affected: affectedOf([...versions], { namespace, package: packageName }),
  }));
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

function linksOf(name: string): string[] {
  if (name.startsWith('CVE-')) return [`https://security.alpinelinux.org/vuln/${name}`];
  if (name.startsWith('GHSA-')) return [`https://github.com/advisories/${name}`];
  const xen = /^XSA-([0-9]+)$/.exec(name)?.[1];
  return xen === undefined ? [] : [`https://xenbits.xen.org/xsa/advisory-${xen}.html`];
}
