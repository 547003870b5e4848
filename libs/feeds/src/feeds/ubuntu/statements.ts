import { childElements, type XmlElement } from '../../xml/xml-element.ts';
import { readCriterion, type Statement } from './criterion.ts';
import type { PackageStatements } from './package-row.ts';

export interface ReadStatements {
  /** By source package, in the order of the document. */
  readonly packages: readonly PackageStatements[];
  readonly problems: readonly string[];
}

/** Criteria inside one another; deeper ones mean that this is no document of Canonical's. */
const DEPTH_MAX = 20;
/** The archive of Ubuntu Pro for all of a release. Others (`fips`, `realtime`, `ros-esm`) are products of their own, with other builds. */
const PRO_POCKET = /^esm-(?:infra|apps)(?:-legacy)?\/|\/esm$/;

/** Everything that the criteria of a definition say of the packages of one release. */
export function readStatements(criteria: XmlElement, codename: string): ReadStatements {
  const comments: string[] = [];
  const isComplete = collectComments(criteria, comments, 0);
  const packages = new Map<string, PackageStatements>();
  const kernels = new Set<string>();
  const problems: string[] = isComplete ? [] : [`the criteria are nested deeper than ${DEPTH_MAX}`];
  for (const comment of comments) {
    const criterion = readCriterion(comment);
    if (criterion.kind === 'kernel') kernels.add(criterion.source);
    if (criterion.kind === 'unreadable') {
      problems.push(criterion.problem);
      const { source } = criterion;
      if (source !== '') packages.set(source, { source, base: silent(source, codename, 'undecided') });
    }
    if (criterion.kind === 'statement') {
      const problem = addStatement(packages, criterion.statement, codename);
      if (problem !== undefined) problems.push(problem);
    }
  }
  for (const source of kernels) {
    if (!packages.has(source)) packages.set(source, { source, base: silent(source, codename, 'needs-triage') });
  }
  return { packages: [...packages.values()], problems };
}

function collectComments(criteria: XmlElement, into: string[], depth: number): boolean {
  if (depth > DEPTH_MAX) return false;
  for (const criterion of childElements(criteria, 'criterion')) into.push(criterion.attributes.comment?.trim() ?? '');
  let isComplete = true;
  for (const child of childElements(criteria, 'criteria')) {
    isComplete = collectComments(child, into, depth + 1) && isComplete;
  }
  return isComplete;
}

function addStatement(
  packages: Map<string, PackageStatements>,
  statement: Statement,
  codename: string,
): string | undefined {
  const { source, pocket } = statement;
  const isPro = PRO_POCKET.test(pocket);
  if (!isPro && pocket !== '' && pocket !== codename) {
    return pocket.includes('/') ? undefined : `it is about ${pocket}, where ${codename} was asked for`;
  }
  const known = packages.get(source);
  const before = isPro ? known?.pro : known?.base;
  if (before?.verdict === statement.verdict && before.version === statement.version) return undefined;
  const kept = before === undefined ? statement : silent(source, pocket, 'undecided');
  packages.set(source, { ...known, source, ...(isPro ? { pro: kept } : { base: kept }) });
  if (before === undefined) return undefined;
  return `${source} is said to be ${before.verdict} ${before.version} and ${statement.verdict} ${statement.version} at once`;
}

/** Of an unfixed kernel nothing is said but its name, so the reason why it is unfixed is not known. */
function silent(source: string, pocket: string, verdict: 'needs-triage' | 'undecided'): Statement {
  return { source, pocket, verdict, version: '', note: '' };
}
