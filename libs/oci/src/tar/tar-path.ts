// Any component that is empty, `.` or `..`, once the usual `./` prefix and `/` suffix are gone.
const IRREGULAR = /(?:^|\/)\.{0,2}(?:\/|$)/;

/**
 * `name` relative to the root of the layer, without empty and `.` components; the root itself is the empty string.
 * `undefined` when a component is `..` or the name holds a NUL: no place inside the root can be told from it.
 */
export function normalizeTarPath(name: string): string | undefined {
  let start = 0;
  let end = name.length;
  if (name.startsWith('./')) start = 2;
  if (end > start && name.charCodeAt(end - 1) === 0x2f) end--;
  const trimmed = start === 0 && end === name.length ? name : name.slice(start, end);
  if (trimmed.includes('\0')) return undefined;
  if (!IRREGULAR.test(trimmed)) return trimmed;
  const components = trimmed.split('/').filter((component) => component !== '' && component !== '.');
  return components.includes('..') ? undefined : components.join('/');
}

/** What is wrong with the length of a name; `undefined` for one of at most `bytesMax` bytes. */
export function nameProblem(name: string, bytesMax: number): string | undefined {
  // A UTF-8 text is never shorter in bytes than in UTF-16 units, and at most three times as long.
  if (name.length * 3 <= bytesMax) return undefined;
  const bytes = Buffer.byteLength(name);
  return bytes > bytesMax ? `name of ${bytes} bytes; the limit is ${bytesMax}` : undefined;
}
