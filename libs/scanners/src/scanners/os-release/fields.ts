import { err, ok, type Result } from '@clair/model';
import { isPlainText, quoted } from '../../plain-text.ts';
import { ProblemList } from '../../problem-list.ts';
import { textLines } from '../../text-lines.ts';

/** The assignments of an os-release file. A later one of the same key wins, as in a shell. */
export interface ReleaseFields {
  readonly fields: ReadonlyMap<string, string>;
  /** Lines that are no assignment; the others are kept. */
  readonly problems: readonly string[];
}

/**
 * Reads shell-compatible assignments, one a line: comments, single and double quotes, backslash escapes, no expansion.
 * @see https://www.freedesktop.org/software/systemd/man/latest/os-release.html
 */
export function parseReleaseFields(text: string): ReleaseFields {
  const fields = new Map<string, string>();
  const problems = new ProblemList();
  for (const line of textLines(text)) {
    const content = line.text.trim();
    if (content === '' || content.startsWith('#')) continue;
    const assignment = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(content);
    const value = assignment === null ? err('not an assignment') : unquote(assignment[2] ?? '');
    if (value.ok && isPlainText(value.value)) fields.set(assignment?.[1] ?? '', value.value);
    else problems.add(`line ${line.number}: ${value.ok ? 'unfit characters' : value.error}: ${quoted(content)}`);
  }
  return { fields, problems: problems.reasons() };
}

function unquote(text: string): Result<string, string> {
  if (text.startsWith("'")) return singleQuoted(text);
  return text.startsWith('"') ? doubleQuoted(text) : unquoted(text);
}

function singleQuoted(text: string): Result<string, string> {
  const end = text.indexOf("'", 1);
  if (end < 0) return err('unterminated quote');
  return withoutRest(text.slice(1, end), text.slice(end + 1));
}

function doubleQuoted(text: string): Result<string, string> {
  let value = '';
  for (let at = 1; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === '"') return withoutRest(value, text.slice(at + 1));
    const next = text.charAt(at + 1);
    // Inside double quotes a backslash is literal unless one of these four follows.
    const isEscape = char === '\\' && next !== '' && '"$`\\'.includes(next);
    value += isEscape ? next : char;
    if (isEscape) at += 1;
  }
  return err('unterminated quote');
}

/** Blanks inside are kept, as systemd's reader does; ` #` starts a comment, as in a shell. */
function unquoted(text: string): Result<string, string> {
  const comment = text.search(/(^|\s)#/);
  const bare = (comment < 0 ? text : text.slice(0, comment)).trimEnd();
  if (/["']/.test(bare.replace(/\\./g, ''))) return err('a quote inside an unquoted value');
  return ok(bare.replace(/\\(.)/g, '$1'));
}

function withoutRest(value: string, rest: string): Result<string, string> {
  if (rest === '' || /^\s+(#.*)?$/.test(rest)) return ok(value);
  return err('text after the closing quote');
}
