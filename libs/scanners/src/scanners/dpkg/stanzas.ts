import { quoted } from '../../plain-text.ts';
import type { ProblemList } from '../../problem-list.ts';
import { textLines } from '../../text-lines.ts';

/** The fields of a stanza that anybody reads, by name in lower case; continuation lines are not kept. */
export interface Stanza {
  /** Where the stanza starts, counted from 1. */
  readonly line: number;
  readonly fields: ReadonlyMap<string, string>;
  /** Of the fields asked for, those that the stanza has twice. */
  readonly repeated: readonly string[];
}

/**
 * The stanzas of a control file in the syntax of Debian policy 5.1: `Name: value`, continuation lines that start with
 * a blank, stanzas separated by empty lines. Only `wanted` fields (lower case) are kept. A line of another form is a
 * problem and costs that line. A second `Package` starts a new stanza: the empty line between them is missing.
 * @see https://www.debian.org/doc/debian-policy/ch-controlfields.html#syntax-of-control-files
 */
export function* stanzas(text: string, wanted: ReadonlySet<string>, problems: ProblemList): Generator<Stanza> {
  let open = newStanza(1);
  let isEmpty = true;
  for (const { number, text: line } of textLines(text)) {
    if (line.trim() === '') {
      if (!isEmpty) yield open;
      isEmpty = true;
      continue;
    }
    if (isEmpty) open = newStanza(number);
    isEmpty = false;
    if (isContinuation(line)) continue;
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0)).toLowerCase();
    if (!/^[!-9;-~]+$/.test(name)) {
      problems.add(`line ${number}: not a field: ${quoted(line)}`);
      continue;
    }
    if (name === 'package' && open.fields.has('package')) {
      problems.add(`line ${number}: a second Package in one stanza`);
      yield open;
      open = newStanza(number);
    }
    if (wanted.has(name)) keep(open, name, line.slice(colon + 1).trim());
  }
  if (!isEmpty) yield open;
}

interface OpenStanza extends Stanza {
  readonly fields: Map<string, string>;
  readonly repeated: string[];
}

function newStanza(line: number): OpenStanza {
  return { line, fields: new Map(), repeated: [] };
}

function isContinuation(line: string): boolean {
  return line.startsWith(' ') || line.startsWith('\t');
}

function keep(stanza: OpenStanza, name: string, value: string): void {
  if (stanza.fields.has(name)) stanza.repeated.push(name);
  else stanza.fields.set(name, value);
}
