import { withoutUrlPassword } from '../logging/logger.ts';
import { type ClairConfig, configSchema, configSchemaNode } from './schema.ts';
import type { SchemaNode } from './schema-node.ts';

const REDACTED = '[redacted]';
const SECRET_NAME = /pass|secret|token|authorization|credential|api_?key/i;

/**
 * The resolved configuration as a document to show to people: the same keys, with secrets replaced. A connection
 * string keeps everything but its password. In the free-form settings of plug-ins, keys that sound like secrets go.
 */
export function redactConfig(config: ClairConfig): unknown {
  return redact(configSchemaNode, config, '');
}

/** The JSON schema of the configuration file, for editors. */
export function configJsonSchema(): unknown {
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', title: 'Clair configuration', ...configSchema };
}

function redact(schema: SchemaNode, value: unknown, key: string): unknown {
  if (typeof value === 'string') return redactText(schema, value, key);
  if (Array.isArray(value)) return value.map((entry: unknown) => redact(schema.items ?? {}, entry, key));
  if (typeof value !== 'object' || value === null) return value;
  const any = Object.values(schema.patternProperties ?? {})[0] ?? {};
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, redact(schema.properties?.[name] ?? any, member, name)]),
  );
}

function redactText(schema: SchemaNode, text: string, key: string): string {
  if (key === 'connstring') return withoutUrlPassword(text);
  const isSecret = schema.clairSecret ?? schema.anyOf?.some((alternative) => alternative.clairSecret) ?? false;
  if (isSecret || (schema.type === undefined && SECRET_NAME.test(key))) return REDACTED;
  return withoutUrlPassword(text);
}
