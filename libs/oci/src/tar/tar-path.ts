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
