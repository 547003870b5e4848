import { withoutUrlPassword } from '../logging/logger.ts';
import { type ClairConfig, configSchema, configSchemaNode } from './schema.ts';
import type { SchemaNode } from './schema-node.ts';

const REDACTED = '[redacted]';
const SECRET_NAME = /pass|secret|token|authorization|credential|api_?key/i;

/**
 * The resolved configuration as a document to show to people: the same keys, with secrets replaced. A connection
 * string keeps everything but its password, and an address everything but passwords and the values of its query. In the
 * free-form settings of plug-ins, keys that sound like secrets go.
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
  if (key === 'target' && schema.clairForm === 'http-url') return originOf(text);
  return withoutQueryValues(withoutUrlPassword(text));
}

/**
 * Of a webhook no more than the list of subscriptions shows: whoever knows the rest can post there. Slack and Teams have the
 * secret in the path, others in the query.
 */
function originOf(text: string): string {
  const { origin, username, password, pathname, search, hash } = new URL(text);
  if (username === '' && password === '' && pathname === '/' && search === '' && hash === '') return text;
  return `${origin}/${REDACTED}`;
}

/** Signed addresses of mirrors and access tokens are in queries; which of them nobody can tell. */
function withoutQueryValues(text: string): string {
  if (!/^https?:\/\//i.test(text)) return text;
  const [, address = '', query = '', rest = ''] = /^([^?#]*\??)([^#]*)(.*)$/s.exec(text) ?? [];
  return `${address}${query.split('&').map(withoutValue).join('&')}${rest}`;
}

/** `a=b` → `a=[redacted]`; what has no name may be a value. */
function withoutValue(parameter: string): string {
  const at = parameter.indexOf('=') + 1;
  return at === parameter.length ? parameter : `${parameter.slice(0, at)}${REDACTED}`;
}
