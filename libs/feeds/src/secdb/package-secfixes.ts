import { err, ok, type Rejection, type Result } from '@clair/model';
import { isJsonObject, jsonPointer, shown } from '../json-fields.ts';
import { readSecfixEntry } from './secfix-entry.ts';

/** `{"pkg": {"name", "secfixes": {version: [line, …]}}}` and where it stands in its document. */
export interface PackageRecord {
  readonly index: number;
  readonly value: unknown;
}

/** What is said of one vulnerability in one package. */
export interface Claim {
  readonly versions: Set<string>;
  readonly aliases: Set<string>;
  readonly remarks: Set<string>;
}

/** One package's vulnerabilities, as they are put together from its lines. */
export interface PackageClaims {
  readonly name: string;
  /** A version alone is what most lines say; a {@link Claim} for each would take ten times the memory. */
  readonly claims: Map<string, string | Claim>;
  readonly rejections: Rejection[];
}

/** The claim that a version alone is. */
export function wholeClaim(said: string | Claim): Claim {
  return typeof said === 'string' ? { versions: new Set([said]), aliases: new Set(), remarks: new Set() } : said;
}

const PACKAGE_NAME = /^[0-9A-Za-z_][0-9A-Za-z_.+-]{0,199}$/;
const LINE_LENGTH_MAX = 1_000;

/** A record whose name reads. */
export interface NamedPackage {
  readonly name: string;
  readonly index: number;
  readonly secfixes: unknown;
}

export function readPackage({ index, value }: PackageRecord): Result<NamedPackage, Rejection> {
  const pkg = isJsonObject(value) ? value.pkg : undefined;
  if (!isJsonObject(pkg)) return err({ at: jsonPointer('packages', index), reason: 'there is no pkg object' });
  const { name, secfixes } = pkg;
  if (typeof name === 'string' && PACKAGE_NAME.test(name)) return ok({ name, index, secfixes: secfixes ?? {} });
  return err({ at: jsonPointer('packages', index, 'pkg', 'name'), reason: `${shown(name)} is no package name` });
}

/** What the records of one package say together: a document may name a package more than once. */
export function claimsOf(name: string, records: readonly NamedPackage[]): PackageClaims {
  const into: PackageClaims = { name, claims: new Map(), rejections: [] };
  for (const record of records) addSecfixes(into, record);
  return into;
}

function addSecfixes(into: PackageClaims, { name, index, secfixes }: NamedPackage): void {
  const at = (...keys: readonly (string | number)[]) => jsonPointer('packages', index, 'pkg', 'secfixes', ...keys);
  if (Array.isArray(secfixes) && secfixes.length === 0) return;
  if (!isJsonObject(secfixes)) {
    into.rejections.push({ at: at(), reason: `secfixes of ${name} is not an object` });
    return;
  }
  for (const [version, list] of Object.entries(secfixes)) {
    const lines = linesOf(list);
    if (lines === undefined) {
      into.rejections.push({ at: at(version), reason: `what ${name} ${version} fixes is not a list` });
      continue;
    }
    for (const [position, line] of lines.entries()) {
      const problem = claim(into, version, line);
      if (problem !== undefined) into.rejections.push({ at: at(version, position), reason: `${name}: ${problem}` });
    }
  }
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
    const known = into.claims.get(name);
    const saysVersionOnly = aliases.length === 0 && remark === '';
    if (saysVersionOnly && (known === undefined || known === version)) into.claims.set(name, version);
    else {
      const whole = wholeClaim(known ?? version);
      into.claims.set(name, whole);
      whole.versions.add(version);
      for (const alias of aliases) whole.aliases.add(alias);
      if (remark !== '') whole.remarks.add(remark);
    }
  }
  return undefined;
}
