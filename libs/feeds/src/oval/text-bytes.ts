/** The slice of the WHATWG encoding API that is used here. It is part of the language's every runtime, but not of its type library. */
interface Encoder {
  encode(text: string): Uint8Array;
}
interface Decoder {
  decode(bytes: Uint8Array): string;
}

declare const TextEncoder: new () => Encoder;
declare const TextDecoder: new (label: 'utf-8', options: { readonly ignoreBOM: true }) => Decoder;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** As UTF-8; a lone surrogate becomes U+FFFD. */
export function encodeText(text: string): Uint8Array {
  return encoder.encode(text);
}

/** A text of its own, which keeps nothing else alive. */
export function decodeText(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}
