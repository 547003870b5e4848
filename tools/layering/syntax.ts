import { childrenOf, isSyntaxNode, lineCounter, parseSyntax, type SyntaxNode } from '../syntax-tree.ts';
import { FORBIDDEN_GLOBALS, FORBIDDEN_MEMBERS } from './layers.ts';

/** One `import`, `export … from`, `import()` or `import('…')` type. */
export interface ImportedModule {
  readonly specifier: string;
  readonly line: number;
  /** Gone at run time. */
  readonly isTypeOnly: boolean;
}

/** A use of something that is not a function of its arguments. */
export interface Impurity {
  readonly what: string;
  readonly line: number;
}

export interface SourceFacts {
  readonly imports: readonly ImportedModule[];
  /** Imports whose target is not a literal, so that nobody can check it. */
  readonly computedImports: readonly number[];
  readonly impurities: readonly Impurity[];
}

/** Keys under which an identifier is a name, and not a use of what the name means. */
const NAME_POSITIONS: Readonly<Record<string, string>> = {
  MemberExpression: 'property',
  Property: 'key',
  PropertyDefinition: 'key',
  MethodDefinition: 'key',
  TSPropertySignature: 'key',
  TSMethodSignature: 'key',
  ImportSpecifier: 'imported',
  ExportSpecifier: 'exported',
  TSQualifiedName: 'right',
};

/** Reads TypeScript source. Throws the parser's error when it is none. */
export function readSource(source: string): SourceFacts {
  const imports: ImportedModule[] = [];
  const computedImports: number[] = [];
  const impurities: Impurity[] = [];
  const facts = { imports, computedImports, impurities };
  const lineOf = lineCounter(source);
  const visit = (node: SyntaxNode) => {
    readImport(node, lineOf(node.start), facts);
    readImpurity(node, lineOf(node.start), facts.impurities);
    for (const child of meaningfulChildren(node)) visit(child);
  };
  visit(parseSyntax(source));
  return facts;
}

/** The nodes below, without those that are only names. */
function* meaningfulChildren(node: SyntaxNode): Generator<SyntaxNode> {
  for (const [field, child] of childrenOf(node)) {
    const isName = NAME_POSITIONS[node.type] === field && node.computed !== true;
    if (!isName) yield child;
  }
}

function literalOf(value: unknown): string | undefined {
  if (!isSyntaxNode(value)) return undefined;
  if (value.type === 'TSLiteralType') return literalOf(value.literal);
  return value.type === 'Literal' && typeof value.value === 'string' ? value.value : undefined;
}

function readImport(
  node: SyntaxNode,
  line: number,
  facts: { readonly imports: ImportedModule[]; readonly computedImports: number[] },
): void {
  const isStatement = ['ImportDeclaration', 'ExportNamedDeclaration', 'ExportAllDeclaration'].includes(node.type);
  if (isStatement && node.source !== null && node.source !== undefined) {
    const specifier = literalOf(node.source) ?? '';
    facts.imports.push({ specifier, line, isTypeOnly: isTypeOnlyStatement(node) });
  }
  if (node.type === 'ImportExpression' || node.type === 'TSImportType') {
    const specifier = literalOf(node.source ?? node.argument);
    if (specifier === undefined) facts.computedImports.push(line);
    else facts.imports.push({ specifier, line, isTypeOnly: node.type === 'TSImportType' });
  }
}

/** `import type …`, and `import { type A, type B } …`, which leaves nothing behind but the loading of the module. */
function isTypeOnlyStatement(node: SyntaxNode): boolean {
  if (node.importKind === 'type' || node.exportKind === 'type') return true;
  const specifiers = Array.isArray(node.specifiers) ? node.specifiers.filter(isSyntaxNode) : [];
  const areTypes = specifiers.every((one) => one.importKind === 'type' || one.exportKind === 'type');
  return specifiers.length > 0 && areTypes;
}

function readImpurity(node: SyntaxNode, line: number, impurities: Impurity[]): void {
  if (node.type === 'Identifier' && typeof node.name === 'string' && FORBIDDEN_GLOBALS.includes(node.name)) {
    impurities.push({ what: node.name, line });
  }
  const member = forbiddenMember(node);
  if (member !== undefined) impurities.push({ what: member, line });
  const callee = nameOf(node.callee);
  const hasArguments = Array.isArray(node.arguments) && node.arguments.length > 0;
  if (callee === 'Date' && node.type === 'NewExpression' && !hasArguments)
    impurities.push({ what: 'new Date()', line });
  if (callee === 'Date' && node.type === 'CallExpression') impurities.push({ what: 'Date()', line });
}

function nameOf(value: unknown): string | undefined {
  return isSyntaxNode(value) && value.type === 'Identifier' && typeof value.name === 'string' ? value.name : undefined;
}

function forbiddenMember(node: SyntaxNode): string | undefined {
  if (node.type !== 'MemberExpression') return undefined;
  const object = nameOf(node.object);
  const property = node.computed === true ? literalOf(node.property) : nameOf(node.property);
  const found = FORBIDDEN_MEMBERS.find((one) => one.object === object && one.property === property);
  return found === undefined ? undefined : `${found.object}.${found.property}`;
}
