import { err, ok, type Result } from '@clair/model';

export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The text under `key`, empty when the key is absent or null. Not a text is an error, and so is one that PostgreSQL cannot store. */
export function textField(object: JsonObject, key: string): Result<string, string> {
  const value = object[key] ?? '';
  if (typeof value !== 'string') return err(`${key} is not a string`);
  if (value.includes('\u0000')) return err(`${key} holds a NUL character`);
  return ok(value);
}

const SHOWN_MAX = 100;

/** A value of the document for a message: as JSON, its beginning only when it is long. */
export function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value);
  return json.length > SHOWN_MAX ? `${json.slice(0, SHOWN_MAX)}…` : json;
}

/** A JSON pointer. @see https://www.rfc-editor.org/rfc/rfc6901 */
export function jsonPointer(...keys: readonly (string | number)[]): string {
  return keys.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
