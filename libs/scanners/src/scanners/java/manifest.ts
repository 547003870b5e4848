/** The main attributes of a manifest; names in lower case, since they are told apart without case. */
export type Manifest = ReadonlyMap<string, string>;

const ATTRIBUTES_MAX = 1_000;

/** @see https://docs.oracle.com/en/java/javase/21/docs/specs/jar/jar.html#manifest-specification */
export function parseManifest(text: string): Manifest {
  const attributes = new Map<string, string>();
  let last = '';
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (line === '' || attributes.size > ATTRIBUTES_MAX) break;
    if (line.startsWith(' ')) {
      if (last !== '') attributes.set(last, (attributes.get(last) ?? '') + line.slice(1));
      continue;
    }
    const colon = line.indexOf(':');
    last = colon < 0 ? '' : line.slice(0, colon).trim().toLowerCase();
    if (last !== '' && !attributes.has(last)) attributes.set(last, line.slice(colon + 1).trim());
    else last = '';
  }
  return attributes;
}
