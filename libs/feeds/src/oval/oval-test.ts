import { err, ok, type Result } from '@clair/model';
import { attributeText, childElement, childElements, type XmlElement } from '../xml/xml-element.ts';
import type { ElementStore } from './element-store.ts';

/** One condition of a state or object: `<evr datatype="evr_string" operation="less than">0:1-2</evr>`. */
export interface OvalEntity {
  /** `evr`, `version`, `arch`, `signature_keyid`, `name`, `filepath`, … */
  readonly name: string;
  /** `equals` where the document says none. */
  readonly operation: string;
  readonly value: string;
}

/** A test with its object and states looked up: what a criterion of a definition asks. @see https://oval.mitre.org/language/version5.11/ */
export interface OvalTest {
  readonly id: string;
  /** The element's name without `_test`: `rpminfo`, `dpkginfo`, `textfilecontent54`, `family`, … */
  readonly kind: string;
  /** The comment of the criterion that asks; empty when the reader was told to drop it. */
  readonly comment: string;
  /** `at least one`, `all`, `none satisfy`, `only one`, … */
  readonly check: string;
  /** `at_least_one_exists` where the document says none. */
  readonly checkExistence: string;
  /** The packages that a package object names: the one `name`, or the values of the constant variable it refers to. */
  readonly names: readonly string[];
  readonly object: readonly OvalEntity[];
  /** All of them must hold. */
  readonly state: readonly OvalEntity[];
}

/** The test of a criterion. The error says what of it is missing or is beyond this reader. */
export function resolveTest(criterion: XmlElement, elements: ElementStore): Result<OvalTest, string> {
  const id = attributeText(criterion, 'test_ref');
  const test = elements.part(id);
  if (test === undefined || !test.name.endsWith('_test')) return err(`there is no test ${id || '(no test_ref)'}`);
  const object = resolveObject(test, elements);
  if (!object.ok) return err(`${id}: ${object.error}`);
  const state = resolveStates(test, elements);
  if (!state.ok) return err(`${id}: ${state.error}`);
  return ok({
    id,
    kind: test.name.slice(0, -'_test'.length),
    comment: attributeText(criterion, 'comment'),
    check: attributeText(test, 'check'),
    checkExistence: attributeText(test, 'check_existence') || 'at_least_one_exists',
    names: object.value.names,
    object: object.value.entities,
    state: state.value,
  });
}

interface ResolvedObject {
  readonly names: readonly string[];
  readonly entities: readonly OvalEntity[];
}

function resolveObject(test: XmlElement, elements: ElementStore): Result<ResolvedObject, string> {
  const id = attributeText(childElement(test, 'object'), 'object_ref');
  const object = elements.part(id);
  if (object === undefined || !object.name.endsWith('_object')) return err(`there is no object ${id}`);
  const beyond = object.children.find(({ name }) => name === 'set' || name === 'filter');
  if (beyond !== undefined) return err(`the object ${id} is a ${beyond.name}`);
  const entities: OvalEntity[] = [];
  let names: readonly string[] = [];
  for (const child of object.children) {
    const values = entityValues(child, elements);
    if (!values.ok) return values;
    const operation = operationOf(child);
    if (child.name === 'name') {
      if (operation !== 'equals') return err(`the object ${id} is about every name of which "${operation}" holds`);
      names = values.value;
    }
    for (const value of values.value) entities.push({ name: child.name, operation, value });
  }
  return ok({ names, entities });
}

function resolveStates(test: XmlElement, elements: ElementStore): Result<readonly OvalEntity[], string> {
  const refs = childElements(test, 'state');
  const operator = attributeText(test, 'state_operator') || 'AND';
  if (refs.length > 1 && operator !== 'AND') return err(`its states are joined by ${operator}`);
  const entities: OvalEntity[] = [];
  for (const ref of refs) {
    const id = attributeText(ref, 'state_ref');
    const state = elements.part(id);
    if (state === undefined || !state.name.endsWith('_state')) return err(`there is no state ${id}`);
    const stateOperator = attributeText(state, 'operator') || 'AND';
    if (state.children.length > 1 && stateOperator !== 'AND')
      return err(`the state ${id} is joined by ${stateOperator}`);
    for (const child of state.children) {
      const values = entityValues(child, elements);
      if (!values.ok) return values;
      const [value, second] = values.value;
      if (value === undefined || second !== undefined) return err(`the state ${id} compares with several values`);
      entities.push({ name: child.name, operation: operationOf(child), value });
    }
  }
  return ok(entities);
}

function entityValues(entity: XmlElement, elements: ElementStore): Result<readonly string[], string> {
  const ref = attributeText(entity, 'var_ref');
  if (ref === '') return ok([entity.text]);
  const variable = elements.part(ref);
  if (variable?.name !== 'constant_variable') return err(`${ref} is no constant variable`);
  const values = childElements(variable, 'value').map(({ text }) => text);
  return values.length === 0 ? err(`${ref} has no value`) : ok(values);
}

function operationOf(entity: XmlElement): string {
  return attributeText(entity, 'operation') || 'equals';
}
