/** Control and invisible formatting characters: escape sequences, and marks that turn the reading direction. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** The text, safe to write to a terminal: names in an image may be chosen to move the cursor or to hide a line. */
export function printable(text: string): string {
  return text.replaceAll(UNPRINTABLE, '\ufffd');
}
