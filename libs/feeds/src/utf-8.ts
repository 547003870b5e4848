/** The slice of the WHATWG encoding API that is used here. It is part of the language's every runtime, but not of its type library. */
interface Decoder {
  decode(bytes: Uint8Array): string;
}

declare const TextDecoder: new (label: 'utf-8', options: { readonly fatal: true }) => Decoder;

const decoder = new TextDecoder('utf-8', { fatal: true });

/** The text that the parts spell together (a character may lie across two); `undefined` when they are not UTF-8. */
export function decodeUtf8(parts: readonly Uint8Array[]): string | undefined {
  try {
    return decoder.decode(joined(parts));
  } catch {
    return undefined;
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts;
  if (first !== undefined && parts.length === 1) return first;
  const whole = new Uint8Array(parts.reduce((bytes, part) => bytes + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
