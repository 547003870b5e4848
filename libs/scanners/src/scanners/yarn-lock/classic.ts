import type { FoundPackages } from '../../language/found-packages.ts';
import { quoted } from '../../plain-text.ts';
import { textLines } from '../../text-lines.ts';

/**
 * The entries of a classic `yarn.lock`: a line of patterns that ends in a colon, and below it, two spaces in, the fields of what they
 * were resolved to. `"b@npm:a@^1", a@^1:` is the package `a`.
 */
export function readClassicLock(text: string, found: FoundPackages): void {
  let open: string | undefined;
  for (const { number, text: line } of textLines(text)) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    if (!line.startsWith(' ')) {
      if (open !== undefined) found.unidentified(`the entry ${quoted(open)} has no version`);
      open = line.endsWith(':') ? line.slice(0, -1) : undefined;
      if (open === undefined) found.problem(`line ${number}: not an entry: ${quoted(line)}`);
      continue;
    }
    const [, version] = /^ {2}version:? "?([^"\s]+)"?$/.exec(line) ?? [];
    if (version === undefined || open === undefined) continue;
    addEntry(open, version, found);
    open = undefined;
  }
  if (open !== undefined) found.unidentified(`the entry ${quoted(open)} has no version`);
}

function addEntry(patterns: string, version: string, found: FoundPackages): void {
  const [first = ''] = patterns.split(', ');
  const pattern = first.replace(/^"|"$/g, '');
  const [, alias = ''] = /@npm:(.+)$/.exec(pattern) ?? [];
  const name = nameOf(alias === '' ? pattern : alias);
  const range = pattern.slice(name.length + 1);
  if (/^(?:file|link|portal|workspace):/.test(range)) return;
  found.add(name, version);
}

/** What is before the last `@` that is not the first character. */
function nameOf(pattern: string): string {
  const at = pattern.indexOf('@', 1);
  return at < 0 ? pattern : pattern.slice(0, at);
}
