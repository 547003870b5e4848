import { err, ok, type Rejection, type Result } from '@clair/model';
import { MalformedDocument } from '../feed.ts';
import type { Scratch } from '../scratch.ts';
import { attributeText, childElement, type XmlElement } from '../xml/xml-element.ts';
import { xmlElements } from '../xml/xml-elements.ts';
import type { Omissions } from './element-log.ts';
import { ElementStore } from './element-store.ts';
import type { OvalMeaning } from './oval-case.ts';
import { type OvalCases, readCriteria } from './oval-criteria.ts';
import { type OvalTest, resolveTest } from './oval-test.ts';

export interface OvalOptions {
  /** Names of elements inside a definition's metadata that the feed does not read; they take no memory. */
  readonly omittedElements?: readonly string[];
  /** Whether a criterion's comment is kept; every one when absent. Comments are most of a large document. */
  keepsComment?(comment: string): boolean;
  /** Bytes of texts, of definitions, and of what they refer to, that are kept, each; a document that needs more is refused. */
  readonly keptBytesMax?: number;
  /** Where most of what is kept lies; without it all is in memory. */
  readonly scratch?: Scratch | undefined;
}

/** One definition, with what it refers to at hand. */
export interface OvalDefinition {
  readonly id: string;
  /** `patch`, `vulnerability`, `inventory`, `compliance`, `miscellaneous`. */
  readonly class: string;
  readonly line: number;
  readonly metadata: XmlElement;
  /** The ways in which it is true, by what each criterion means to the feed. */
  cases(meaning: (test: OvalTest) => OvalMeaning): OvalCases;
}

/** A definition above this many characters is rejected: SUSE's kernel definitions have a few million. */
const ELEMENT_CHARS_MAX = 50_000_000;
const KEPT_BYTES_MAX = 1_000_000_000;
const SCRATCH_BYTES_MAX = 4_000_000_000;
const NO_NAMES: readonly string[] = [];
const KEPT_NOWHERE: ReadonlySet<string> = new Set(['version', 'schemaLocation', 'type', 'datatype', 'deprecated']);

/**
 * The definitions of an OVAL 5 document, in document order, each as itself or as a rejection; also of elements that were too large.
 * They come when the document has been read to its end, because the tests, objects and states stand behind the definitions. Until then
 * a part of the document is kept: in the scratch file, or without one in memory, outside the JavaScript heap.
 * Throws {@link MalformedDocument} as `xmlElements` does, and when there is no definition.
 * @see https://oval.mitre.org/language/version5.11/
 */
export async function* ovalDefinitions(
  document: AsyncIterable<Uint8Array>,
  options: OvalOptions = {},
): AsyncIterable<Result<OvalDefinition, Rejection>> {
  const { scratch, keptBytesMax = scratch === undefined ? KEPT_BYTES_MAX : SCRATCH_BYTES_MAX } = options;
  const elements = new ElementStore({ omissions: omissionsOf(options), bytesMax: keptBytesMax, scratch });
  const tooLarge: Rejection[] = [];
  const xml = { root: 'oval_definitions', wants: isWanted, elementCharsMax: ELEMENT_CHARS_MAX };
  for await (const members of xmlElements(document, xml)) {
    for (const { path, element, line } of members) {
      if (!element.ok) tooLarge.push({ at: `line ${line}`, reason: `<${path.at(-1)}>: ${element.error}` });
      else elements.put(element.value);
    }
  }
  if (elements.definitionCount === 0) throw new MalformedDocument('the document is OVAL, but holds no definition');
  for (const rejection of tooLarge) yield err(rejection);
  for (const definition of elements.definitions()) yield toDefinition(definition, elements);
}

/** The children of `definitions`, `tests`, `objects`, `states` and `variables`, whatever these are called. */
function isWanted(path: readonly string[]): boolean {
  return path.length === 3 && path[1] !== 'generator';
}

function omissionsOf({ omittedElements = NO_NAMES, keepsComment = () => true }: OvalOptions): Omissions {
  return { elements: new Set(['notes', ...omittedElements]), attributes: KEPT_NOWHERE, keepsComment };
}

function toDefinition(element: XmlElement, elements: ElementStore): Result<OvalDefinition, Rejection> {
  const id = attributeText(element, 'id');
  const reject = (reason: string) => err({ at: id === '' ? `line ${element.line}` : id, reason });
  if (id === '') return reject('the definition has no id');
  const metadata = childElement(element, 'metadata');
  if (metadata === undefined) return reject('the definition has no metadata');
  const criteria = childElement(element, 'criteria');
  if (criteria === undefined) return reject('the definition has no criteria');
  const references = {
    test: (criterion: XmlElement) => resolveTest(criterion, elements),
    criteriaOf: (other: string) => childElement(elements.definition(other), 'criteria'),
  };
  return ok({
    id,
    class: attributeText(element, 'class'),
    line: element.line,
    metadata,
    cases: (meaning) => readCriteria(criteria, { ...references, meaning }),
  });
}
