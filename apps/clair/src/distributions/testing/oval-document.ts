/** A criterion with the rpm test behind it. */
export interface OvalCriterion {
  readonly comment: string;
  /** The package that the test asks for. */
  readonly name: string;
  /** What the test asks of it, as the elements of an `rpminfo_state`. */
  readonly state: string;
}

export type OvalCriteria = OvalCriterion | { readonly operator: 'AND' | 'OR'; readonly of: readonly OvalCriteria[] };

export interface OvalDefinition {
  readonly metadata: string;
  readonly criteria: OvalCriteria;
}

export interface OvalDocument {
  /** What every id begins with: `oval:com.oracle.elsa`. */
  readonly prefix: string;
  readonly class: 'patch' | 'vulnerability';
  readonly definitions: readonly OvalDefinition[];
}

const LINUX = 'http://oval.mitre.org/XMLSchema/oval-definitions-5#linux';

export function all(...of: readonly OvalCriteria[]): OvalCriteria {
  return { operator: 'AND', of };
}

export function any(...of: readonly OvalCriteria[]): OvalCriteria {
  return { operator: 'OR', of };
}

/** "NAME is earlier than EVR", for the architectures, where some are named. */
export function earlier(name: string, evr: string, arches?: string): OvalCriterion {
  const arch = arches === undefined ? '' : `<arch datatype="string" operation="pattern match">(${arches})</arch>`;
  return {
    comment: `${name} is earlier than ${evr}`,
    name,
    state: `${arch}<evr datatype="evr_string" operation="less than">${evr}</evr>`,
  };
}

/** An OVAL 5 document: definitions, then the tests that they refer to, then objects and states. @see https://oval.mitre.org/language/version5.11/ */
export function ovalDocument({ prefix, class: kind, definitions }: OvalDocument): string {
  const criterions: OvalCriterion[] = [];
  const definitionXml = definitions.map(
    ({ metadata, criteria }, index) =>
      `<definition class="${kind}" id="${prefix}:def:${index + 1}" version="1"><metadata>${metadata}</metadata>` +
      `${criteriaXml('operator' in criteria ? criteria : all(criteria), { prefix, criterions })}</definition>\n`,
  );
  const attributes = (sort: string, index: number): string =>
    `id="${prefix}:${sort}:${index + 1}" version="1" xmlns="${LINUX}"`;
  const tests = criterions.map(
    (_, index) =>
      `<rpminfo_test ${attributes('tst', index)} comment="" check="at least one">` +
      `<object object_ref="${prefix}:obj:${index + 1}"/><state state_ref="${prefix}:ste:${index + 1}"/></rpminfo_test>\n`,
  );
  const objects = criterions.map(
    ({ name }, index) => `<rpminfo_object ${attributes('obj', index)}><name>${name}</name></rpminfo_object>\n`,
  );
  const states = criterions.map(
    ({ state }, index) => `<rpminfo_state ${attributes('ste', index)}>${state}</rpminfo_state>\n`,
  );
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
    '<oval_definitions xmlns="http://oval.mitre.org/XMLSchema/oval-definitions-5" xmlns:oval="http://oval.mitre.org/XMLSchema/oval-common-5">\n' +
    '<generator><oval:schema_version>5.11</oval:schema_version></generator>\n' +
    `<definitions>\n${definitionXml.join('')}</definitions>\n<tests>\n${tests.join('')}</tests>\n` +
    `<objects>\n${objects.join('')}</objects>\n<states>\n${states.join('')}</states>\n</oval_definitions>\n`
  );
}

interface Numbering {
  readonly prefix: string;
  readonly criterions: OvalCriterion[];
}

function criteriaXml(criteria: OvalCriteria, numbering: Numbering): string {
  if ('operator' in criteria) {
    const inner = criteria.of.map((one) => criteriaXml(one, numbering));
    return `<criteria operator="${criteria.operator}">\n${inner.join('')}</criteria>\n`;
  }
  const number = numbering.criterions.push(criteria);
  return `<criterion test_ref="${numbering.prefix}:tst:${number}" comment="${criteria.comment}"/>\n`;
}
