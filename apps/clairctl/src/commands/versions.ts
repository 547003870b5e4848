import { addAbortSignal, type Readable } from 'node:stream';
import { compareVersions, SCHEMES, schemeOf } from '@clair/versions';
import { CommandError } from '../api.ts';
import { printable } from '../output/printable.ts';
import { ReaderGone } from '../reader-gone.ts';
import type { Terminal } from './report.ts';

/** A line is answered when it is whole; no two versions are this long, so a longer one is no line of this input. */
const LINE_LENGTH_MAX = 64 * 1024;
const QUOTED_LENGTH_MAX = 80;

/** Prints the name of every scheme, a line each. */
export async function listSchemes(terminal: Terminal): Promise<number> {
  terminal.out(`${schemeIds().join('\n')}\n`);
  return 0;
}

/**
 * For each line `A<TAB>B` of `input` prints a line: `<`, `=` or `>`, as A is to B in the order of the scheme, or
 * `malformed: ` and which of both does not parse, and why. As it comes: the answer to a line does not wait for the next.
 * Resolves to 1 when a line was not of that form; it is answered too, with its number, so that output stays in step.
 */
export async function compareVersionLines(schemeId: string, input: Readable, terminal: Terminal): Promise<number> {
  if (schemeOf(schemeId) === undefined)
    throw new CommandError(`versions compare ${schemeId}: there is no such scheme; use ${schemeIds().join(', ')}`);
  addAbortSignal(terminal.signal, input);
  let lines = 0;
  let unread = 0;
  for await (const batch of untilReaderIsGone(lineBatches(input), terminal.signal)) {
    const answers = batch.map((line) => {
      lines++;
      const pair = readPair(line);
      if (typeof pair !== 'string') return answer(schemeId, pair);
      unread++;
      return `malformed: line ${lines}: ${pair}`;
    });
    terminal.out(answers.map((text) => `${text}\n`).join(''));
  }
  if (unread > 0) terminal.err(`clairctl: ${unread} of ${lines} lines are not two versions with a tab between them\n`);
  return unread > 0 ? 1 : 0;
}

/** Whoever wanted no more lines has what was wanted. */
async function* untilReaderIsGone<T>(batches: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  try {
    yield* batches;
  } catch (error) {
    if (!(signal.reason instanceof ReaderGone)) throw error;
  }
}

function schemeIds(): readonly string[] {
  return Object.keys(SCHEMES).sort();
}

/** The lines that are whole after each chunk of the stream, and at its end the last one. The excess of an endless line is dropped as it comes. */
async function* lineBatches(input: Readable): AsyncGenerator<readonly string[]> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of input) {
    const pieces = decoder.decode(chunk, { stream: true }).split('\n');
    pieces[0] = rest.length > LINE_LENGTH_MAX ? rest : rest + (pieces[0] ?? '');
    rest = (pieces.pop() ?? '').slice(0, LINE_LENGTH_MAX + 1);
    if (pieces.length > 0) yield pieces;
  }
  rest += decoder.decode();
  if (rest !== '') yield [rest];
}

/** The two versions of a line, or why it has none. */
function readPair(line: string): { readonly a: string; readonly b: string } | string {
  if (line.length > LINE_LENGTH_MAX) return `it is longer than ${LINE_LENGTH_MAX} characters`;
  const text = line.replace(/\r$/, '');
  const tab = text.indexOf('\t');
  return tab < 0 ? 'there is no tab' : { a: text.slice(0, tab), b: text.slice(tab + 1) };
}

function answer(schemeId: string, { a, b }: { readonly a: string; readonly b: string }): string {
  const order = compareVersions(schemeId, a, b);
  if (order.ok) return order.value < 0 ? '<' : order.value > 0 ? '>' : '=';
  if (order.error.kind === 'unknown-scheme') throw new CommandError(`there is no scheme ${schemeId}`);
  // It names A before B, and where both have one text A does not parse either.
  const isFirst = order.error.text === a;
  return `malformed: ${isFirst ? 'A' : 'B'} (${quoted(isFirst ? a : b)}): ${order.error.reason}`;
}

function quoted(text: string): string {
  return printable(JSON.stringify(text.length > QUOTED_LENGTH_MAX ? `${text.slice(0, QUOTED_LENGTH_MAX)}…` : text));
}
