import { type Advisory, err, ok, type Rejection, type Result } from '@clair/model';
import { MalformedDocument } from '../feed.ts';
import { shown } from '../json-fields.ts';
import { jsonMembers } from '../json-members.ts';
import { advisoriesOf, type SecdbDialect } from './package-advisories.ts';
import { claimsOf, type NamedPackage, readPackage } from './package-secfixes.ts';

export type { SecdbDialect } from './package-advisories.ts';

/** All packages of a repository are one member of its document. */
const MEMBER_BYTES_MAX = 100_000_000;

/**
 * Reads a security database of an apk distribution: `{"packages": [{"pkg": {"name", "secfixes": {version: [line, …]}}}]}`.
 * One advisory for each (vulnerability, source package). `expected` is what the document must say of itself where it says it at
 * all (`reponame`); another value makes it a {@link MalformedDocument}.
 */
export async function* parseSecdb(
  document: AsyncIterable<Uint8Array>,
  dialect: SecdbDialect,
  expected: Readonly<Record<string, string>>,
): AsyncIterable<Result<Advisory, Rejection>> {
  const packages = await readDocument(document, expected);
  const recordsByName = new Map<string, NamedPackage[]>();
  for (const [index, value] of packages.entries()) {
    const read = readPackage({ index, value });
    if (!read.ok) yield err(read.error);
    else if (recordsByName.get(read.value.name)?.push(read.value) === undefined) {
      recordsByName.set(read.value.name, [read.value]);
    }
  }
  for (const [name, records] of recordsByName) {
    const claims = claimsOf(name, records);
    for (const rejection of claims.rejections) yield err(rejection);
    for (const advisory of advisoriesOf(claims, dialect)) yield ok(advisory);
  }
}

/** The packages of a document that is what was asked for. */
async function readDocument(
  document: AsyncIterable<Uint8Array>,
  expected: Readonly<Record<string, string>>,
): Promise<readonly unknown[]> {
  let packages: unknown;
  for await (const members of jsonMembers(document, { depth: 1, memberBytesMax: MEMBER_BYTES_MAX })) {
    for (const { path, value } of members) {
      const key = path[0] ?? '';
      if (!value.ok) throw new MalformedDocument(`${key}: ${value.error}`);
      if (Object.hasOwn(expected, key) && value.value !== expected[key]) {
        throw new MalformedDocument(`${key} is ${shown(value.value)}, where ${expected[key]} was asked for`);
      }
      if (key === 'packages') packages = value.value;
    }
  }
  if (packages === null) return []; // A repository in which nothing was ever fixed, v3.3/community of Alpine.
  if (!Array.isArray(packages)) throw new MalformedDocument('there is no list of packages');
  return packages;
}
