import { MalformedDocument } from '../feed.ts';

/** The slice of the WHATWG encoding API that is used here. It is part of the language's every runtime, but not of its type library. */
interface StreamDecoder {
  decode(bytes?: Uint8Array, options?: { readonly stream: boolean }): string;
}

declare const TextDecoder: new (label: string, options: { readonly fatal: true }) => StreamDecoder;

/** Encodings that are read, by the name in the XML declaration, and what the decoder calls them. ASCII is UTF-8. */
const DECODER_LABELS: ReadonlyMap<string, string> = new Map([
  ['utf-8', 'utf-8'],
  ['utf8', 'utf-8'],
  ['us-ascii', 'utf-8'],
  ['ascii', 'utf-8'],
  ['iso-8859-1', 'windows-1252'],
  ['windows-1252', 'windows-1252'],
]);

/** An XML declaration that says its encoding is over within this many bytes. */
const DECLARATION_BYTES_MAX = 200;
const DECLARED_ENCODING = /^<\?xml\s[^>]*?encoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["']/;

/**
 * Turns the bytes of an XML document into text: by the byte order mark (UTF-8, UTF-16), else by the XML declaration, else as UTF-8.
 * Throws {@link MalformedDocument} for bytes that are not of that encoding, and for an encoding that is not read.
 * @see https://www.w3.org/TR/xml/#sec-guessing
 */
export class XmlDecoder {
  #decoder: StreamDecoder | undefined;
  #head: Uint8Array = new Uint8Array(0);
  #label = 'utf-8';

  push(bytes: Uint8Array): string {
    if (this.#decoder !== undefined) return this.#decode(bytes, true);
    const head = new Uint8Array(this.#head.length + bytes.length);
    head.set(this.#head);
    head.set(bytes, this.#head.length);
    this.#head = head;
    return head.length < DECLARATION_BYTES_MAX ? '' : this.#start();
  }

  end(): string {
    const text = this.#decoder === undefined ? this.#start() : '';
    return text + this.#decode(new Uint8Array(0), false);
  }

  #start(): string {
    const head = this.#head;
    this.#label = labelOf(head);
    this.#decoder = new TextDecoder(this.#label, { fatal: true });
    this.#head = new Uint8Array(0);
    return this.#decode(head, true);
  }

  #decode(bytes: Uint8Array, stream: boolean): string {
    try {
      return this.#decoder?.decode(bytes, { stream }) ?? '';
    } catch {
      throw new MalformedDocument(`the document holds bytes that are not ${this.#label}`);
    }
  }
}

function labelOf(head: Uint8Array): string {
  const [first, second] = head;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  const ascii = String.fromCharCode(...head.subarray(0, DECLARATION_BYTES_MAX));
  const declared = DECLARED_ENCODING.exec(ascii.replace(/^\xef\xbb\xbf/, ''))?.[1];
  if (declared === undefined) return 'utf-8';
  const label = DECODER_LABELS.get(declared.toLowerCase());
  if (label === undefined)
    throw new MalformedDocument(`the document is in the encoding ${declared}, which is not read`);
  return label;
}
