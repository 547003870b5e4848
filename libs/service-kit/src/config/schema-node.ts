import type { TextForm } from './schema-fields.ts';

/** The part of JSON Schema that the config's schema is written in, and our own keywords. */
export interface SchemaNode {
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean' | 'null';
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly patternProperties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly items?: SchemaNode;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly SchemaNode[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly minItems?: number;
  readonly clairForm?: TextForm;
  readonly clairSecret?: true;
  readonly clairDeprecated?: string;
}

/** The key path of a member: `a.b`, or `a[0]` of a list. */
export function keyPath(parent: string, key: string | number): string {
  if (typeof key === 'number') return `${parent}[${key}]`;
  return parent === '' ? key : `${parent}.${key}`;
}

/** The key paths under which a key name is known anywhere in the schema. */
export function pathsOfKey(root: SchemaNode, key: string, at = ''): string[] {
  return Object.entries(root.properties ?? {}).flatMap(([name, member]) => {
    const path = keyPath(at, name);
    return [...(name === key ? [path] : []), ...pathsOfKey(member, key, path)];
  });
}
