import { childrenOf, isSyntaxNode, lineCounter, parseSyntax, type SyntaxNode } from '../syntax-tree.ts';
import type { TextFile } from './findings.ts';

/**
 * Casts that nobody vouches for: to any type at all, and those without a `Safety:` on one of their lines or in the comment
 * right above. `as const` is none.
 */
export function castFindings(file: TextFile): string[] {
  const lines = file.text.split('\n');
  const lineOf = lineCounter(file.text);
  const findings: string[] = [];
  const visit = (node: SyntaxNode) => {
    const target = castTarget(node);
    if (target !== undefined) {
      const first = lineOf(node.start);
      const ownLines = lines.slice(first - 1, lineOf(node.end));
      const vouched = [...commentAbove(lines, first), ...ownLines].some((line) => line.includes('Safety:'));
      if (target === 'TSAnyKeyword') findings.push(`${file.path}:${first}: a cast to any`);
      else if (!vouched) findings.push(`${file.path}:${first}: a cast without a Safety: comment`);
    }
    for (const [, child] of childrenOf(node)) visit(child);
  };
  visit(parseSyntax(file.text));
  return findings;
}

/** The lines of comment right above a line, which is counted from 1. */
function commentAbove(lines: readonly string[], line: number): readonly string[] {
  const above = lines.slice(0, line - 1);
  const code = above.findLastIndex((one) => !/^\s*(\/\/|\/\*|\*)/.test(one));
  return above.slice(code + 1);
}

/** The type of node that is cast to; `undefined` for what is no cast. */
function castTarget(node: SyntaxNode): string | undefined {
  if (node.type !== 'TSAsExpression' && node.type !== 'TSTypeAssertion') return undefined;
  const target = node.typeAnnotation;
  if (!isSyntaxNode(target)) return undefined;
  const name = isSyntaxNode(target.typeName) ? target.typeName.name : undefined;
  return name === 'const' ? undefined : target.type;
}
