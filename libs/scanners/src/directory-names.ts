/**
 * Whether a regular file of that base name is worth a line in a layer report, for a lower layer may have a directory
 * of that name: no extension (a leading dot starts none), or one that directories have (`status.d`, `app-1.2`).
 */
export function mayNameDirectory(name: string): boolean {
  const dot = name.lastIndexOf('.');
  return dot <= 0 || /^(d|\d+)$/.test(name.slice(dot + 1));
}
