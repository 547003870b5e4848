import { err, ok, type Result } from '@clair/model';

export type JsonObject = Readonly<Record<string, unknown>>;

/** The object that a file holds as JSON. */
export function parseJsonObject(text: string): Result<JsonObject, { kind: 'malformed'; reason: string }> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return err({ kind: 'malformed', reason: 'not JSON' });
  }
  return isJsonObject(value) ? ok(value) : err({ kind: 'malformed', reason: 'not a JSON object' });
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
