/** One line of a text, without its end. `number` counts from 1. */
export interface TextLine {
  readonly number: number;
  readonly text: string;
}

/** The lines of a text that ends them with LF or CRLF. A last line without an end is a line; an empty rest is none. */
export function* textLines(text: string): Generator<TextLine> {
  let number = 0;
  for (let from = 0; from < text.length; ) {
    const lf = text.indexOf('\n', from);
    const to = lf < 0 ? text.length : lf;
    number += 1;
    const end = to > from && text.charCodeAt(to - 1) === 13 ? to - 1 : to;
    yield { number, text: text.slice(from, end) };
    from = to + 1;
  }
}
