import type { Result } from '@clair/model';
import { attributeText, type XmlElement } from '../xml/xml-element.ts';
import { ALWAYS, bothHold, caseKey, type OvalCase, type OvalMeaning } from './oval-case.ts';
import type { OvalTest } from './oval-test.ts';

/** The ways in which a definition is true, and what of it could not be turned into such. */
export interface OvalCases {
  readonly cases: readonly OvalCase[];
  /** Each is a part of the criteria that was left out, with why. */
  readonly problems: readonly string[];
  /** Products without a namespace here, of which something was left out. */
  readonly elsewhere: readonly string[];
}

/** What the criteria refer to, and what it means. */
export interface CriteriaContext {
  test(criterion: XmlElement): Result<OvalTest, string>;
  meaning(test: OvalTest): OvalMeaning;
  /** The criteria of the definition of that id. */
  criteriaOf(definitionId: string): XmlElement | undefined;
}

const CASES_MAX = 200_000;
const PROBLEMS_MAX = 20;
const DEPTH_MAX = 20;

const NOTHING: OvalCases = { cases: [], problems: [], elsewhere: [] };
const TRUE: OvalCases = { cases: [ALWAYS], problems: [], elsewhere: [] };

/**
 * The criteria of a definition as a list of cases: AND joins every case of one branch with every case of the other, OR adds them up.
 * A branch that cannot be read costs an OR that branch, and an AND the whole, and is told in `problems`.
 */
export function readCriteria(criteria: XmlElement, context: CriteriaContext): OvalCases {
  return readNode(criteria, context, 0);
}

function readNode(node: XmlElement, context: CriteriaContext, depth: number): OvalCases {
  if (depth > DEPTH_MAX) return problem(`criteria are nested deeper than ${DEPTH_MAX}, or a definition extends itself`);
  const read = readPlain(node, context, depth);
  return attributeText(node, 'negate') === 'true' ? negated(read) : read;
}

function readPlain(node: XmlElement, context: CriteriaContext, depth: number): OvalCases {
  switch (node.name) {
    case 'criterion':
      return readCriterion(node, context);
    case 'extend_definition': {
      const id = attributeText(node, 'definition_ref');
      const criteria = context.criteriaOf(id);
      return criteria === undefined
        ? problem(`there are no criteria of the definition ${id}`)
        : readNode(criteria, context, depth + 1);
    }
    case 'criteria': {
      const operator = attributeText(node, 'operator') || 'AND';
      if (operator !== 'AND' && operator !== 'OR') return problem(`criteria are joined by ${operator}`);
      if (node.children.length === 0) return problem('criteria are empty');
      const parts = node.children.map((child) => readNode(child, context, depth + 1));
      return operator === 'OR' ? anyOf(parts) : allOf(parts);
    }
    default:
      return problem(`<${node.name}> is no criterion`);
  }
}

function readCriterion(criterion: XmlElement, context: CriteriaContext): OvalCases {
  const test = context.test(criterion);
  if (!test.ok) return problem(test.error);
  const meaning = context.meaning(test.value);
  switch (meaning.kind) {
    case 'packages': {
      const cases = meaning.packages.map((pkg) => ({ ...ALWAYS, package: pkg, arches: meaning.arches }));
      return cases.length === 0 ? problem(`${test.value.id} names no package`) : { ...NOTHING, cases };
    }
    case 'platform':
      return { ...NOTHING, cases: meaning.namespaces.map((namespace) => ({ ...ALWAYS, namespace })) };
    case 'elsewhere':
      return { ...NOTHING, elsewhere: [meaning.product] };
    case 'arch':
      return one({ arches: meaning.arches });
    case 'module':
      return one({ module: meaning.module });
    case 'mark':
      return one({ marks: [meaning.mark] });
    case 'always':
      return TRUE;
    case 'never':
      return NOTHING;
    case 'unreadable':
      return problem(`${test.value.id}: ${meaning.reason}`);
  }
}

function one(part: Partial<OvalCase>): OvalCases {
  return { ...NOTHING, cases: [{ ...ALWAYS, ...part }] };
}

function anyOf(parts: readonly OvalCases[]): OvalCases {
  const byKey = new Map<string, OvalCase>();
  for (const { cases } of parts) for (const each of cases) byKey.set(caseKey(each), each);
  const always = [...byKey.values()].includes(ALWAYS);
  return {
    cases: always ? [ALWAYS] : [...byKey.values()],
    problems: parts.flatMap(({ problems }) => problems).slice(0, PROBLEMS_MAX),
    elsewhere: [...new Set(parts.flatMap(({ elsewhere }) => elsewhere))],
  };
}

function allOf(parts: readonly OvalCases[]): OvalCases {
  const elsewhere = [...new Set(parts.flatMap((part) => part.elsewhere))];
  // What is never true needs nothing else read.
  if (parts.some(({ cases, problems }) => cases.length === 0 && problems.length === 0))
    return { ...NOTHING, elsewhere };
  const problems = new Set(parts.flatMap((part) => part.problems));
  let cases: readonly OvalCase[] = [ALWAYS];
  for (const part of parts) {
    if (cases.length * part.cases.length > CASES_MAX) return problem(`criteria make more than ${CASES_MAX} cases`);
    cases = product(cases, part.cases, problems);
  }
  return { cases, problems: [...problems].slice(0, PROBLEMS_MAX), elsewhere };
}

function product(left: readonly OvalCase[], right: readonly OvalCase[], problems: Set<string>): readonly OvalCase[] {
  const cases: OvalCase[] = [];
  for (const a of left) {
    for (const b of right) {
      const both = bothHold(a, b);
      if (both === 'never') continue;
      if ('reason' in both) problems.add(both.reason);
      else cases.push(both);
    }
  }
  return cases;
}

/** Only what is always or never true can be turned round: a row cannot say "any other package". */
function negated(read: OvalCases): OvalCases {
  if (read.problems.length > 0) return read;
  if (read.cases.length === 0 && read.elsewhere.length === 0) return TRUE;
  if (read.cases.includes(ALWAYS)) return NOTHING;
  return problem('a criterion is negated that is not the same for every package');
}

function problem(reason: string): OvalCases {
  return { ...NOTHING, problems: [reason] };
}
