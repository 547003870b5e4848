import { isRecord } from './is-record.ts';
import { nearest } from './nearest.ts';
import type { ConfigProblem } from './problem.ts';
import { keyPath, pathsOfKey, type SchemaNode } from './schema-node.ts';
import { TEXT_FORMS } from './text-forms.ts';

/** What Clair once knew and no longer does, so that the reader is not sent to look for a misspelling. */
const REMOVED: ReadonlyMap<string, string> = new Map([
  ['auth.keyserver', 'Quay’s keyserver is no longer supported; use auth.psk'],
  ['updater_sets', 'has become updaters.sets'],
]);

export interface Validated {
  /** The value with defaults in place of what is absent. Only meaningful when there are no problems. */
  readonly value: unknown;
  readonly problems: readonly ConfigProblem[];
  readonly warnings: readonly ConfigProblem[];
}

/** Checks everything and reports every problem, in the order of the document. `null` counts as absent, as in Clair. */
export function validate(schema: SchemaNode, value: unknown): Validated {
  const walk = new Walk(schema);
  const result = walk.value(schema, value, '');
  return { value: result, problems: walk.problems, warnings: walk.warnings };
}

class Walk {
  readonly problems: ConfigProblem[] = [];
  readonly warnings: ConfigProblem[] = [];
  readonly #root: SchemaNode;

  constructor(root: SchemaNode) {
    this.#root = root;
  }

  value(schema: SchemaNode, value: unknown, at: string): unknown {
    if (schema.clairDeprecated !== undefined)
      this.warnings.push({ at, message: `deprecated: ${schema.clairDeprecated}` });
    if (schema.anyOf !== undefined) return this.#alternatives(schema.anyOf, value, at);
    if (schema.enum !== undefined) return this.#oneOf(schema.enum, value, at);
    switch (schema.type) {
      case 'object':
        return this.#object(schema, value, at);
      case 'array':
        return this.#array(schema, value, at);
      case 'string':
        return this.#text(schema, value, at);
      case 'integer':
      case 'number':
        return this.#number(schema, value, at);
      case 'boolean':
        return typeof value === 'boolean' ? value : this.#problem(at, `must be true or false, not ${shown(value)}`);
      case 'null':
        return value === null ? value : this.#problem(at, `must be null, not ${shown(value)}`);
      case undefined:
        return value;
    }
  }

  #problem(at: string, message: string): undefined {
    this.problems.push({ at, message });
    return undefined;
  }

  #object(schema: SchemaNode, value: unknown, at: string): unknown {
    if (!isRecord(value)) return this.#problem(at, `must be a block of keys, not ${shown(value)}`);
    const known = schema.properties;
    if (known === undefined) return this.#record(schema, value, at);
    for (const key of Object.keys(value)) {
      if (!Object.hasOwn(known, key)) this.#unknownKey(key, Object.keys(known), at);
    }
    const members = Object.entries(known).map(([key, member]): [string, unknown] => {
      const isRequired = schema.required?.includes(key) ?? false;
      return [key, this.#member(member, value[key] ?? undefined, { at: keyPath(at, key), isRequired })];
    });
    return Object.fromEntries(members.filter(([, member]) => member !== undefined));
  }

  #member(schema: SchemaNode, value: unknown, { at, isRequired }: { at: string; isRequired: boolean }): unknown {
    const isAbsent = value === undefined || (value === '' && schema.default !== undefined);
    const given = isAbsent ? undefined : this.value(schema, value, at);
    if (given !== undefined) return given;
    if (schema.default !== undefined) return structuredClone(schema.default);
    if (!isRequired) return undefined;
    // After a problem, the defaults stand in, so that what depends on other keys can be checked as well.
    if (schema.type === 'object') return (isAbsent ? this : new Walk(this.#root)).#object(schema, {}, at);
    return isAbsent ? this.#problem(at, 'is missing') : undefined;
  }

  #record(schema: SchemaNode, value: Record<string, unknown>, at: string): unknown {
    const member = Object.values(schema.patternProperties ?? {})[0] ?? {};
    return Object.fromEntries(
      Object.entries(value).map(([key, entry]) => [key, this.value(member, entry, keyPath(at, key))]),
    );
  }

  #array(schema: SchemaNode, value: unknown, at: string): unknown {
    if (!Array.isArray(value)) return this.#problem(at, `must be a list, not ${shown(value)}`);
    if (value.length < (schema.minItems ?? 0)) return this.#problem(at, 'must not be empty');
    return value.map((entry: unknown, index) => this.value(schema.items ?? {}, entry, keyPath(at, index)));
  }

  #text(schema: SchemaNode, value: unknown, at: string): unknown {
    const isDuration = schema.clairForm === 'duration';
    if (typeof value === 'number' && isDuration)
      return this.#problem(at, `must have a unit, such as ${value}s or ${value}m`);
    if (typeof value !== 'string') return this.#problem(at, `must be text, not ${shown(value, schema)}`);
    if (value.length < (schema.minLength ?? 0)) return this.#problem(at, 'must not be empty');
    if (schema.clairForm === undefined) return value;
    const checked = TEXT_FORMS[schema.clairForm](value);
    return checked.ok ? value : this.#problem(at, checked.error);
  }

  #number(schema: SchemaNode, value: unknown, at: string): unknown {
    if (typeof value !== 'number' || !Number.isFinite(value))
      return this.#problem(at, `must be a number, not ${shown(value)}`);
    if (schema.type === 'integer' && !Number.isSafeInteger(value))
      return this.#problem(at, `must be a whole number, not ${value}`);
    const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = schema;
    if (value < minimum) return this.#problem(at, `must be at least ${minimum}, not ${value}`);
    return value > maximum ? this.#problem(at, `must be at most ${maximum}, not ${value}`) : value;
  }

  #oneOf(allowed: readonly unknown[], value: unknown, at: string): unknown {
    if (allowed.includes(value)) return value;
    const names = allowed.filter((name) => name !== '').map(String);
    const meant = typeof value === 'string' ? nearest(value, names) : undefined;
    const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
    return this.#problem(at, `must be one of ${names.join(', ')}, not ${shown(value)}${hint}`);
  }

  #alternatives(alternatives: readonly SchemaNode[], value: unknown, at: string): unknown {
    const attempts = alternatives.map((alternative) => {
      const walk = new Walk(this.#root);
      return { result: walk.value(alternative, value, at), problems: walk.problems };
    });
    const fitting = attempts.find(({ problems }) => problems.length === 0);
    if (fitting !== undefined) return fitting.result;
    this.problems.push(...(attempts[0]?.problems ?? []));
    return undefined;
  }

  #unknownKey(key: string, siblings: readonly string[], at: string): undefined {
    const path = keyPath(at, key);
    const removed = REMOVED.get(path);
    if (removed !== undefined) return this.#problem(path, removed);
    const meant = nearest(key, siblings);
    if (meant !== undefined) return this.#problem(path, `unknown key; did you mean ${keyPath(at, meant)}?`);
    const elsewhere = pathsOfKey(this.#root, key);
    const hint = elsewhere.length === 0 ? '' : `; there is ${elsewhere.slice(0, 3).join(', ')}`;
    return this.#problem(path, `unknown key${hint}`);
  }
}

const SHOWN_CHARS_MAX = 60;

function shown(value: unknown, schema?: SchemaNode): string {
  if (schema?.clairSecret) return 'what it is';
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (isRecord(value)) return 'a block of keys';
  return JSON.stringify(value).slice(0, SHOWN_CHARS_MAX);
}
