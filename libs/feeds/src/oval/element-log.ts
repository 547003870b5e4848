import type { XmlElement } from '../xml/xml-element.ts';
import type { AttributeValues } from './attribute-values.ts';
import { type ByteLog, ByteLogReader } from './byte-log.ts';
import type { ElementNames } from './element-names.ts';
import { PositionTable } from './position-table.ts';
import { decodeText, encodeText } from './text-bytes.ts';

/** An object made from this inherits no name, and unlike one made from null it stays in V8's fast mode. */
const NOTHING_INHERITED: object = Object.freeze(Object.create(null));

/** Names of elements and attributes that are not kept. */
export interface Omissions {
  readonly elements: ReadonlySet<string>;
  readonly attributes: ReadonlySet<string>;
  /** Whether the comment of a criterion is kept. */
  keepsComment(comment: string): boolean;
}

export interface ElementLogOptions {
  readonly log: ByteLog;
  readonly names: ElementNames;
  readonly values: AttributeValues;
  readonly omissions: Omissions;
  /** The code of a value; `undefined` for one that is to lie in the log itself. */
  codeOf(value: string): number | undefined;
}

/** Elements in the order in which they were put, and by their `id`, in a fraction of the bytes that they have in the document. */
export class ElementLog {
  readonly #options: ElementLogOptions;
  readonly #log: ByteLog;
  readonly #byId = new PositionTable();
  #count = 0;

  constructor(options: ElementLogOptions) {
    this.#options = options;
    this.#log = options.log;
  }

  get count(): number {
    return this.#count;
  }

  put(element: XmlElement): void {
    const position = this.#log.length;
    const id = this.#options.values.put(element.attributes.id ?? '');
    this.#log.appendNumber(id);
    this.#log.appendNumber(element.line);
    this.#append(element, 'id');
    this.#count++;
    if (this.#find(id) === undefined) this.#byId.add(hashOfCode(id), position);
  }

  /** The first element that was put with that id. Its descendants say its line as theirs. */
  byId(id: string): XmlElement | undefined {
    const code = this.#options.values.find(id);
    const position = code === undefined ? undefined : this.#find(code);
    return position === undefined ? undefined : this.#readWhole(new ByteLogReader(this.#log, position));
  }

  /** Each as it was put, first to last. */
  *all(): Generator<XmlElement> {
    const reader = new ByteLogReader(this.#log, 0);
    for (let left = this.#count; left > 0; left--) yield this.#readWhole(reader);
  }

  #find(code: number): number | undefined {
    return this.#byId.find(hashOfCode(code), (position) => new ByteLogReader(this.#log, position).number() === code);
  }

  #append({ name, attributes, children, text }: XmlElement, idKey: string): void {
    const { names, omissions } = this.#options;
    this.#log.appendNumber(names.numberOf(name));
    let kept = 0;
    for (const key in attributes) if (key !== idKey && this.#keeps(key, attributes[key] ?? '')) kept++;
    this.#log.appendNumber(kept);
    for (const key in attributes) {
      const value = attributes[key] ?? '';
      if (key === idKey || !this.#keeps(key, value)) continue;
      this.#log.appendNumber(names.numberOf(key));
      this.#appendValue(value);
    }
    this.#appendValue(text.trim());
    let inside = 0;
    for (const child of children) if (!omissions.elements.has(child.name)) inside++;
    this.#log.appendNumber(inside);
    for (const child of children) if (!omissions.elements.has(child.name)) this.#append(child, '');
  }

  #keeps(attribute: string, value: string): boolean {
    const { omissions } = this.#options;
    if (attribute === 'comment') return omissions.keepsComment(value);
    return !omissions.attributes.has(attribute);
  }

  /** 0: the empty text. 1: the bytes follow. Else the code and 2. */
  #appendValue(value: string): void {
    const code = value === '' ? -2 : this.#options.codeOf(value);
    if (code !== undefined) {
      this.#log.appendNumber(code + 2);
      return;
    }
    const bytes = encodeText(value);
    this.#log.appendNumber(1);
    this.#log.appendNumber(bytes.length);
    this.#log.append(bytes);
  }

  #readValue(reader: ByteLogReader): string {
    const code = reader.number();
    if (code === 0) return '';
    return code === 1 ? decodeText(reader.bytes(reader.number())) : this.#options.values.get(code - 2);
  }

  #readWhole(reader: ByteLogReader): XmlElement {
    const id = this.#options.values.get(reader.number());
    const element = this.#read(reader, reader.number());
    return id === '' ? element : { ...element, attributes: withId(element.attributes, id) };
  }

  #read(reader: ByteLogReader, line: number): XmlElement {
    const { names } = this.#options;
    const name = names.nameOf(reader.number());
    const attributes: Record<string, string | undefined> = Object.create(NOTHING_INHERITED);
    for (let left = reader.number(); left > 0; left--)
      attributes[names.nameOf(reader.number())] = this.#readValue(reader);
    const text = this.#readValue(reader);
    const children: XmlElement[] = [];
    for (let left = reader.number(); left > 0; left--) children.push(this.#read(reader, line));
    return { name, attributes, children, text, line };
  }
}

function withId(attributes: XmlElement['attributes'], id: string): XmlElement['attributes'] {
  return Object.assign(Object.create(NOTHING_INHERITED), attributes, { id });
}

/** The codes of ids have more than 32 bits. */
function hashOfCode(code: number): number {
  return (code ^ Math.floor(code / 2 ** 32)) >>> 0;
}
