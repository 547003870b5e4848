import type { Scanner } from '../scanner.ts';
import { textFile } from './scanned-file.ts';

/** What a scanner says of a file of that text: `name@version` each, then `kind: reason` of each problem; for tests. */
export function foundTexts(scanner: Scanner, path: string, text: string): readonly string[] {
  if (!scanner.wants(path)) return ['unwanted'];
  const result = scanner.read(textFile(path, text));
  if (!result.ok) return [`${result.error.kind}: ${result.error.reason}`];
  const packages = result.value.packages.map(({ name, version, member }) =>
    member === undefined ? `${name}@${version}` : `${name}@${version} in ${member}`,
  );
  const problems = result.value.problems.map((problem) =>
    typeof problem === 'string' ? `malformed: ${problem}` : `${problem.kind}: ${problem.reason}`,
  );
  return [...packages, ...problems];
}
