/** The text as PostgreSQL can keep it, in `text` and in `jsonb`: U+0000 and lone surrogates become U+FFFD. */
export function storableText(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '\uFFFD');
}
