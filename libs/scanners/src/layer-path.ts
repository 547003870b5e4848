/** The last segment of a layer path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The directory that holds the path; the empty string is the root. */
export function parentPath(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0));
}

/** Whether the path is `tail`, or lies at `tail` below another root (`srv/chroot/` + tail). Whole segments only. */
export function isAtAnyRoot(path: string, tail: string): boolean {
  if (!path.endsWith(tail)) return false;
  return path.length === tail.length || path.charAt(path.length - tail.length - 1) === '/';
}

/** Whether the path is directly in the directory `tail`, which may lie below another root. Whole segments only. */
export function isDirectlyIn(path: string, tail: string): boolean {
  const from = path.lastIndexOf('/') - tail.length;
  if (from < 0 || !path.startsWith(tail, from)) return false;
  return from === 0 || path.charAt(from - 1) === '/';
}
