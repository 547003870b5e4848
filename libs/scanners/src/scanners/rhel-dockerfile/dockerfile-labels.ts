import { err, ok, type Result } from '@clair/model';
import { quoted } from '../../plain-text.ts';
import { ProblemList } from '../../problem-list.ts';
import { expandWord, splitWords } from './dockerfile-words.ts';

/** The labels that a Dockerfile sets, a later one of the same key winning. */
export interface DockerfileLabels {
  readonly labels: ReadonlyMap<string, string>;
  /** Instructions that do not read; the others count. */
  readonly problems: readonly string[];
}

/** A value that has become longer than this is not expanded further: variables can be doubled line by line. */
const VALUE_LENGTH_MAX = 10_000;
const VARIABLES_MAX = 1_000;

/** Follows `ARG`, `ENV` and `LABEL` from top to bottom; nothing else of a Dockerfile changes them. Nothing is run. */
export function dockerfileLabels(text: string): DockerfileLabels {
  const labels = new Map<string, string>();
  const variables = new Map<string, string>();
  const problems = new ProblemList();
  for (const instruction of instructions(text)) {
    const [, name = '', rest = ''] = /^\s*([A-Za-z]+)\s+(.*)$/s.exec(instruction) ?? [];
    const target = name.toUpperCase() === 'LABEL' ? labels : variables;
    if (!/^(?:ARG|ENV|LABEL)$/i.test(name)) continue;
    const pairs = pairsOf(name.toUpperCase(), rest);
    if (!pairs.ok) {
      problems.add(`${pairs.error}: ${quoted(instruction)}`);
      continue;
    }
    for (const [key, value] of pairs.value) {
      const expanded = expandWord(value, variables);
      if (expanded.length > VALUE_LENGTH_MAX || target.size >= VARIABLES_MAX) {
        problems.add(`more than is followed: ${quoted(instruction)}`);
      } else {
        target.set(expandWord(key, variables).slice(0, VALUE_LENGTH_MAX), expanded);
      }
    }
  }
  return { labels, problems: problems.reasons() };
}

/** Lines that end in a backslash are joined; comments are dropped, also between them. */
function* instructions(text: string): Iterable<string> {
  let open = '';
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*#/.test(line) || (open !== '' && line.trim() === '')) continue;
    const continued = /^(.*)\\\s*$/.exec(line);
    open += continued?.[1] ?? line;
    if (continued !== null) continue;
    if (open.trim() !== '') yield open;
    open = '';
  }
  if (open.trim() !== '') yield open;
}

type Pair = readonly [key: string, value: string];

/** `K=V K2="V 2"`; `ENV` and `LABEL` have an older form too, one key and the rest of the line; `ARG K` has no value. */
function pairsOf(name: string, rest: string): Result<readonly Pair[], string> {
  const words = splitWords(rest);
  if (!words.ok) return words;
  const [first = '', ...others] = words.value;
  if (name !== 'ARG' && !first.includes('=') && first !== '') {
    return others.length === 0 ? err('a key without a value') : ok([[first, rest.trim().slice(first.length).trim()]]);
  }
  const pairs: Pair[] = [];
  for (const word of words.value) {
    const equals = word.indexOf('=');
    if (equals > 0) pairs.push([word.slice(0, equals), word.slice(equals + 1)]);
    else if (name !== 'ARG') return err('neither a key nor a value');
  }
  return ok(pairs);
}
