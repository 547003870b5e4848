const TEXT_LENGTH_MAX = 1024;
const QUOTED_LENGTH_MAX = 80;

// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose
const CONTROL = /[\u0000-\u001f\u007f]/;

/**
 * Whether a value read from an image may become an identity (a name, a version): not longer than any real one, and
 * without control characters, which stores refuse and which would let one value pose as two.
 */
export function isPlainText(value: string): boolean {
  return value.length <= TEXT_LENGTH_MAX && !CONTROL.test(value);
}

/** The value for use in a message: quoted, escaped, cut to 80 characters. */
export function quoted(value: string): string {
  const cut = value.length > QUOTED_LENGTH_MAX ? `${value.slice(0, QUOTED_LENGTH_MAX)}…` : value;
  return JSON.stringify(cut);
}
