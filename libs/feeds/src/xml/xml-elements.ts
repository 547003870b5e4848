import { err, ok, type Result } from '@clair/model';
import { SaxesParser, type SaxesTagPlain } from 'saxes';
import { MalformedDocument } from '../feed.ts';
import { XmlDecoder } from './xml-decoder.ts';
import type { XmlElement } from './xml-element.ts';

/** A wanted element that is complete. */
export interface XmlMember {
  /** Local names of the elements that lead to it, the root first, its own last. */
  readonly path: readonly string[];
  /** The element; or why it could not be kept, which costs this one and not the document. */
  readonly element: Result<XmlElement, string>;
  readonly line: number;
}

export interface XmlElementsOptions {
  /** Local name of the document's root; another means that this is no such document. */
  readonly root: string;
  /** Whether the element of that path is wanted, with everything in it. Not asked inside a wanted one. */
  wants(path: readonly string[]): boolean;
  /** Characters of names, attributes and texts of one wanted element, itself not nested in one. */
  readonly elementCharsMax: number;
  /** Characters of one text, comment or attribute; a longer one means that this is no such document. */
  readonly tokenCharsMax?: number;
  readonly attributesMax?: number;
  /** Elements inside one another. */
  readonly depthMax?: number;
}

const TOKEN_CHARS_MAX = 4_000_000;
const ATTRIBUTES_MAX = 100;
const DEPTH_MAX = 64;
/** What an element costs beside its text, so that a million empty ones are no small element. */
const ELEMENT_CHARS = 32;
/** The parser is given no more at once, so that its limits are looked at often enough. */
const PIECE_BYTES = 65_536;

interface OpenElement {
  readonly name: string;
  readonly attributes: Record<string, string | undefined>;
  readonly children: XmlElement[];
  text: string;
  readonly line: number;
}

/**
 * Cuts the wanted elements out of an XML document as it arrives; memory follows the wanted element, not the document. Gives those that
 * each piece completes, in the order of their end tags.
 * Throws {@link MalformedDocument} when it is not well-formed, has another root, a document type declaration (so no entity but XML's own
 * five is ever expanded), another encoding, exceeds a limit on tokens, attributes or depth, or is cut short.
 */
export async function* xmlElements(
  document: AsyncIterable<Uint8Array>,
  options: XmlElementsOptions,
): AsyncIterable<readonly XmlMember[]> {
  const decoder = new XmlDecoder();
  const splitter = new XmlSplitter(options);
  for await (const bytes of document) {
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      const members = splitter.push(decoder.push(bytes.subarray(at, at + PIECE_BYTES)));
      if (members.length > 0) yield members;
    }
  }
  const members = splitter.push(decoder.end());
  splitter.end();
  if (members.length > 0) yield members;
}

class XmlSplitter {
  readonly #options: XmlElementsOptions;
  readonly #tokenCharsMax: number;
  readonly #attributesMax: number;
  readonly #depthMax: number;
  readonly #parser = new SaxesParser();
  readonly #path: string[] = [];
  /** The wanted element and those open in it; empty outside one, or when it was given up. */
  readonly #open: OpenElement[] = [];
  #members: XmlMember[] = [];
  /** Depth of the wanted element that is open; 0 when none is. */
  #wantedDepth = 0;
  #wantedLine = 0;
  #isTooLarge = false;
  #elementChars = 0;
  #attributes = 0;
  #charsSinceEvent = 0;

  constructor(options: XmlElementsOptions) {
    this.#options = options;
    this.#tokenCharsMax = options.tokenCharsMax ?? TOKEN_CHARS_MAX;
    this.#attributesMax = options.attributesMax ?? ATTRIBUTES_MAX;
    this.#depthMax = options.depthMax ?? DEPTH_MAX;
    const parser = this.#parser;
    parser.on('error', (error) => {
      throw new MalformedDocument(`the document is not well-formed XML, at ${error.message}`);
    });
    parser.on('doctype', () => {
      throw new MalformedDocument('the document has a document type declaration: it is HTML, or defines entities');
    });
    parser.on('attribute', () => this.#countAttribute());
    parser.on('opentag', (tag) => this.#openElement(tag));
    parser.on('closetag', () => this.#closeElement());
    parser.on('text', (text) => this.#addText(text));
    parser.on('cdata', (text) => this.#addText(text));
    // An eighth handler (for comments) would make V8 keep the parser as a dictionary: a fifth of the speed.
  }

  push(text: string): readonly XmlMember[] {
    this.#charsSinceEvent += text.length;
    this.#parser.write(text);
    if (this.#charsSinceEvent > this.#tokenCharsMax)
      throw new MalformedDocument(`a text or attribute is longer than ${this.#tokenCharsMax}, ${this.#where()}`);
    const members = this.#members;
    if (members.length > 0) this.#members = [];
    return members;
  }

  end(): void {
    if (this.#parser.line === 1 && this.#parser.position === 0) throw new MalformedDocument('the document is empty');
    this.#parser.close();
  }

  #countAttribute(): void {
    this.#charsSinceEvent = 0;
    if (++this.#attributes > this.#attributesMax)
      throw new MalformedDocument(`an element has more than ${this.#attributesMax} attributes, ${this.#where()}`);
  }

  #openElement(tag: SaxesTagPlain): void {
    this.#charsSinceEvent = 0;
    this.#attributes = 0;
    const name = localName(tag.name);
    if (this.#path.length === 0 && name !== this.#options.root)
      throw new MalformedDocument(`the document's root is <${name.slice(0, 100)}>, not <${this.#options.root}>`);
    this.#path.push(name);
    if (this.#path.length > this.#depthMax)
      throw new MalformedDocument(`elements are nested deeper than ${this.#depthMax}, ${this.#where()}`);
    if (this.#wantedDepth === 0) {
      if (!this.#options.wants(this.#path)) return;
      this.#wantedDepth = this.#path.length;
      this.#wantedLine = this.#parser.line;
      this.#elementChars = 0;
      this.#isTooLarge = false;
    }
    if (this.#isTooLarge) return;
    const { attributes, chars } = localAttributes(tag.attributes);
    this.#open.push({ name, attributes, children: [], text: '', line: this.#parser.line });
    this.#countChars(name.length + chars + ELEMENT_CHARS);
  }

  #addText(text: string): void {
    this.#charsSinceEvent = 0;
    const element = this.#open.at(-1);
    if (element === undefined) return;
    element.text = element.text === '' ? text : element.text + text;
    this.#countChars(text.length);
  }

  #countChars(chars: number): void {
    this.#elementChars += chars;
    if (this.#elementChars <= this.#options.elementCharsMax) return;
    this.#isTooLarge = true;
    this.#open.length = 0;
  }

  #closeElement(): void {
    this.#charsSinceEvent = 0;
    const depth = this.#path.length;
    const element = this.#open.pop();
    if (element !== undefined) {
      if (element.children.length > 0 && element.text.trim() === '') element.text = '';
      this.#open.at(-1)?.children.push(element);
    }
    if (depth === this.#wantedDepth) {
      this.#wantedDepth = 0;
      const tooLarge = `the element is larger than ${this.#options.elementCharsMax} characters`;
      this.#members.push({
        path: [...this.#path],
        element: element === undefined ? err(tooLarge) : ok(element),
        line: this.#wantedLine,
      });
    }
    this.#path.pop();
  }

  #where(): string {
    return `at line ${this.#parser.line}`;
  }
}

function localName(name: string): string {
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(colon + 1);
}

/** An object made from this inherits no name, and unlike one made from null it stays in V8's fast mode. */
const NOTHING_INHERITED: object = Object.freeze(Object.create(null));

function localAttributes(written: Readonly<Record<string, string>>): {
  readonly attributes: Record<string, string | undefined>;
  readonly chars: number;
} {
  const attributes: Record<string, string | undefined> = Object.create(NOTHING_INHERITED);
  let chars = 0;
  for (const name in written) {
    if (name === 'xmlns' || name.startsWith('xmlns:')) continue;
    const value = written[name] ?? '';
    attributes[localName(name)] = value;
    chars += name.length + value.length;
  }
  return { attributes, chars };
}
