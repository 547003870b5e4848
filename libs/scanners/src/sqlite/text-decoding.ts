/** The slice of the WHATWG encoding API that is used here. It is part of the language's every runtime, but not of its type library. */
interface Decoder {
  decode(bytes: Uint8Array): string;
}

declare const TextDecoder: new (label: TextEncoding, options: { readonly ignoreBOM: true }) => Decoder;

/** How a database spells its texts. */
export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be';

const DECODERS: { readonly [E in TextEncoding]: Decoder } = {
  'utf-8': new TextDecoder('utf-8', { ignoreBOM: true }),
  'utf-16le': new TextDecoder('utf-16le', { ignoreBOM: true }),
  'utf-16be': new TextDecoder('utf-16be', { ignoreBOM: true }),
};

/** The bytes as text, malformed sequences replaced by U+FFFD. A byte order mark is a character like any other. */
export function decodeText(bytes: Uint8Array, encoding: TextEncoding): string {
  return DECODERS[encoding].decode(bytes);
}
