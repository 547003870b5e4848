import { err, ok, type Result } from '@clair/model';
import { parseAllDocuments } from 'yaml';
import { isJsonObject, type JsonObject } from '../json-document.ts';

/** Lock files have no aliases at all; a few would do no harm. */
const ALIASES_MAX = 100;

/** The mappings that a YAML file holds, one a document. Keys and values of lock files are read as texts, numbers and booleans only. */
export function parseYamlObjects(text: string): Result<readonly JsonObject[], { kind: 'malformed'; reason: string }> {
  try {
    const documents = parseAllDocuments(text, { strict: false, uniqueKeys: false, logLevel: 'silent' });
    if (!Array.isArray(documents)) return ok([]);
    const [broken] = documents.flatMap((document) => document.errors);
    if (broken !== undefined) return err({ kind: 'malformed', reason: `not YAML: ${firstLine(broken.message)}` });
    const values = documents.map((document): unknown => document.toJS({ maxAliasCount: ALIASES_MAX }));
    const objects = values.filter(isJsonObject);
    return objects.length === values.length ? ok(objects) : err({ kind: 'malformed', reason: 'not a YAML mapping' });
  } catch (error) {
    return err({ kind: 'malformed', reason: `not YAML: ${firstLine(error instanceof Error ? error.message : '')}` });
  }
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0] ?? '';
}
