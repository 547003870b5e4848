import type { Scratch } from '../scratch.ts';
import type { XmlElement } from '../xml/xml-element.ts';
import { AttributeValues } from './attribute-values.ts';
import { ByteLog } from './byte-log.ts';
import { ElementLog, type Omissions } from './element-log.ts';
import { ElementNames } from './element-names.ts';
import { TextStore } from './text-store.ts';

const MIB = 1024 * 1024;
/** Definitions are read once, in their order. */
const DEFINITIONS_RESIDENT_BYTES = 2 * MIB;
/** Tests, objects and states are read over and over, in the order in which the definitions name them. */
const PARTS_RESIDENT_BYTES = 32 * MIB;
const TEXTS_RESIDENT_BYTES = 16 * MIB;

export interface ElementStoreOptions {
  readonly omissions: Omissions;
  /** Of texts, of definitions, and of what they refer to, each. */
  readonly bytesMax: number;
  /** Without it everything is in memory. */
  readonly scratch: Scratch | undefined;
}

/**
 * The elements of an OVAL document until its end, because only then is known what refers to what. With a scratch file the memory that they
 * take is bounded, but for the tables of ids: eight bytes for each slot of at least three quarters full, or half that just after they grew.
 */
export class ElementStore {
  readonly #definitions: ElementLog;
  readonly #parts: ElementLog;

  constructor({ omissions, bytesMax, scratch }: ElementStoreOptions) {
    const values = new AttributeValues(new TextStore({ bytesMax, scratch, residentBytesMax: TEXTS_RESIDENT_BYTES }));
    const shared = { names: new ElementNames(), values, omissions };
    this.#definitions = new ElementLog({
      ...shared,
      log: new ByteLog({ bytesMax, scratch, residentBytesMax: DEFINITIONS_RESIDENT_BYTES }),
      codeOf: (value) => values.putFrequent(value),
    });
    this.#parts = new ElementLog({
      ...shared,
      log: new ByteLog({ bytesMax, scratch, residentBytesMax: PARTS_RESIDENT_BYTES }),
      codeOf: (value) => values.put(value),
    });
  }

  get definitionCount(): number {
    return this.#definitions.count;
  }

  put(element: XmlElement): void {
    if (element.name === 'definition') this.#definitions.put(element);
    else this.#parts.put(element);
  }

  /** In document order. */
  definitions(): Iterable<XmlElement> {
    return this.#definitions.all();
  }

  definition(id: string): XmlElement | undefined {
    return this.#definitions.byId(id);
  }

  /** A test, object, state or variable. */
  part(id: string): XmlElement | undefined {
    return this.#parts.byId(id);
  }
}
