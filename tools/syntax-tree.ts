import { parseAst } from 'vitest/node';

/** A node of the ESTree of a TypeScript source, as its parser gives it: nothing is known of the fields but by looking. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

/** The program. Throws the parser's error when the text is none. */
export function parseSyntax(source: string): SyntaxNode {
  const program: unknown = parseAst(source, { lang: 'ts' });
  if (!isSyntaxNode(program)) throw new Error('the parser gave no program');
  return program;
}

export function isSyntaxNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'type') === 'string';
}

/** The nodes right below, with the field that each is in. */
export function* childrenOf(node: SyntaxNode): Generator<readonly [string, SyntaxNode]> {
  for (const [field, value] of Object.entries(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isSyntaxNode(child)) yield [field, child];
  }
}

/** From an offset in the source to its line, counted from 1. */
export function lineCounter(source: string): (offset: number) => number {
  const starts = [0];
  for (let at = source.indexOf('\n'); at !== -1; at = source.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => starts.findLastIndex((start) => start <= offset) + 1;
}
