import { textLines } from '../../text-lines.ts';

/** Name and version of a package; empty where the metadata has none. */
export interface CoreMetadata {
  readonly name: string;
  readonly version: string;
}

/**
 * The fields of the header, which ends at the first empty line; the description behind it may hold lines that look like fields.
 * @see https://packaging.python.org/en/latest/specifications/core-metadata/
 */
export function readMetadata(text: string): CoreMetadata {
  const fields = new Map<string, string>();
  for (const { text: line } of textLines(text.startsWith('\ufeff') ? text.slice(1) : text)) {
    if (line.trim() === '') break;
    const colon = line.indexOf(':');
    if (colon <= 0 || /^\s/.test(line)) continue;
    const key = line.slice(0, colon).trim().toLowerCase();
    if (!fields.has(key)) fields.set(key, line.slice(colon + 1).trim());
  }
  return { name: fields.get('name') ?? '', version: fields.get('version') ?? '' };
}
