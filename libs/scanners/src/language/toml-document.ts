import { err, ok, type Result } from '@clair/model';
import { parse } from 'smol-toml';
import { isJsonObject, type JsonObject } from '../json-document.ts';

/** The table that a TOML file is. */
export function parseTomlObject(text: string): Result<JsonObject, { kind: 'malformed'; reason: string }> {
  try {
    const value: unknown = parse(text);
    return isJsonObject(value) ? ok(value) : err({ kind: 'malformed', reason: 'not TOML' });
  } catch (error) {
    const [line = ''] = (error instanceof Error ? error.message : '').split('\n', 1);
    return err({ kind: 'malformed', reason: `not TOML: ${line}` });
  }
}
