import type { XmlElement } from '../xml/xml-element.ts';
import { AttributeValues } from './attribute-values.ts';
import { ByteLog, ByteLogReader } from './byte-log.ts';
import { PositionTable } from './position-table.ts';
import { TextStore } from './text-store.ts';

/** An object made from this inherits no name, and unlike one made from null it stays in V8's fast mode. */
const NOTHING_INHERITED: object = Object.freeze(Object.create(null));

/** Names of elements and attributes that are not kept. */
export interface Omissions {
  readonly elements: ReadonlySet<string>;
  readonly attributes: ReadonlySet<string>;
  /** Whether the comment of a criterion is kept. */
  keepsComment(comment: string): boolean;
}

/**
 * Elements of a document in about a tenth of the bytes that they have there, found again by their `id`. What refers to what is only
 * known at the end of an OVAL document; until then everything is here.
 */
export class ElementStore {
  readonly #omissions: Omissions;
  readonly #texts: TextStore;
  readonly #values: AttributeValues;
  readonly #log: ByteLog;
  readonly #names: string[] = [];
  readonly #numberOfName = new Map<string, number>();
  readonly #byId: PositionTable;

  /** `bytesMax` is for texts and for structure, each. */
  constructor(omissions: Omissions, bytesMax: number) {
    this.#omissions = omissions;
    this.#texts = new TextStore(bytesMax);
    this.#values = new AttributeValues(this.#texts);
    this.#log = new ByteLog(bytesMax);
    this.#byId = new PositionTable((position) => hashOfCode(this.#idCodeAt(position)));
  }

  /** The position under which {@link get} gives the element. */
  put(element: XmlElement): number {
    const position = this.#log.length;
    const id = this.#values.put(element.attributes.id ?? '');
    this.#log.appendNumber(id);
    this.#log.appendNumber(element.line);
    this.#append(element);
    if (this.#find(id) === undefined) this.#byId.add(position);
    return position;
  }

  /** The first element that was put with that id. Its descendants say its line as theirs. */
  byId(id: string): XmlElement | undefined {
    const code = this.#values.find(id);
    const position = code === undefined ? undefined : this.#find(code);
    return position === undefined ? undefined : this.get(position);
  }

  get(position: number): XmlElement {
    const reader = new ByteLogReader(this.#log, position);
    reader.number();
    const line = reader.number();
    return this.#read(reader, line);
  }

  #find(code: number): number | undefined {
    return this.#byId.find(hashOfCode(code), (position) => this.#idCodeAt(position) === code);
  }

  #idCodeAt(position: number): number {
    return new ByteLogReader(this.#log, position).number();
  }

  #append({ name, attributes, children, text }: XmlElement): void {
    this.#log.appendNumber(this.#nameNumber(name));
    let kept = 0;
    for (const key in attributes) if (this.#keeps(key, attributes[key] ?? '')) kept++;
    this.#log.appendNumber(kept);
    for (const key in attributes) {
      const value = attributes[key] ?? '';
      if (!this.#keeps(key, value)) continue;
      this.#log.appendNumber(this.#nameNumber(key));
      this.#log.appendNumber(this.#values.put(value));
    }
    const trimmed = text.trim();
    this.#log.appendNumber(trimmed === '' ? 0 : this.#texts.put(trimmed) + 1);
    const inside = children.filter((child) => !this.#omissions.elements.has(child.name));
    this.#log.appendNumber(inside.length);
    for (const child of inside) this.#append(child);
  }

  #keeps(attribute: string, value: string): boolean {
    if (attribute === 'comment') return this.#omissions.keepsComment(value);
    return !this.#omissions.attributes.has(attribute);
  }

  #read(reader: ByteLogReader, line: number): XmlElement {
    const name = this.#names[reader.number()] ?? '';
    const attributes: Record<string, string | undefined> = Object.create(NOTHING_INHERITED);
    for (let left = reader.number(); left > 0; left--) {
      const key = this.#names[reader.number()] ?? '';
      attributes[key] = this.#values.get(reader.number());
    }
    const text = reader.number();
    const children: XmlElement[] = [];
    for (let left = reader.number(); left > 0; left--) children.push(this.#read(reader, line));
    return { name, attributes, children, text: text === 0 ? '' : this.#texts.get(text - 1), line };
  }

  #nameNumber(name: string): number {
    const known = this.#numberOfName.get(name);
    if (known !== undefined) return known;
    // A name cut out of the parser's buffer would keep the buffer alive.
    const own = this.#texts.get(this.#texts.put(name));
    this.#names.push(own);
    this.#numberOfName.set(own, this.#names.length - 1);
    return this.#names.length - 1;
  }
}

/** The codes of ids have more than 32 bits. */
function hashOfCode(code: number): number {
  return (code ^ Math.floor(code / 2 ** 32)) >>> 0;
}
