import { err, ok, type Result } from '@clair/model';
import jsonPatch from 'fast-json-patch';
import { parseDocument } from 'yaml';
import { isRecord } from './is-record.ts';
import type { ConfigProblem } from './problem.ts';

/** One file of the configuration. The extension of its name decides how it is read and what is done with it. */
export interface ConfigSource {
  readonly name: string;
  readonly text: string;
}

type SourceKind = { readonly language: 'yaml' | 'json'; readonly effect: 'merge' | 'patch' };

const KINDS: Readonly<Record<string, SourceKind>> = {
  yaml: { language: 'yaml', effect: 'merge' },
  json: { language: 'json', effect: 'merge' },
  'yaml-patch': { language: 'yaml', effect: 'patch' },
  'json-patch': { language: 'json', effect: 'patch' },
};

const SOURCE_CHARS_MAX = 1024 * 1024;
const ALIASES_MAX = 100;

/** How a file of that name takes part, or nothing when it does not. */
export function sourceKind(name: string): SourceKind | undefined {
  return KINDS[/\.([a-z-]+)$/.exec(name)?.[1] ?? ''];
}

/**
 * One document out of a base and its drop-ins, applied in the order given: `.yaml` and `.json` are merged (RFC 7386),
 * `.yaml-patch` and `.json-patch` are applied as RFC 6902. Problems are those of the files that could not be applied.
 */
export function mergeSources(sources: readonly ConfigSource[]): Result<unknown, ConfigProblem[]> {
  const problems: ConfigProblem[] = [];
  let document: unknown = {};
  for (const source of sources) {
    const applied = applySource(document, source);
    if (applied.ok) document = applied.value;
    else problems.push({ at: source.name, message: applied.error });
  }
  return problems.length === 0 ? ok(document) : err(problems);
}

function applySource(document: unknown, source: ConfigSource): Result<unknown, string> {
  const kind = sourceKind(source.name);
  if (kind === undefined) return err('is neither .yaml nor .json');
  if (source.text.length > SOURCE_CHARS_MAX) return err(`is larger than ${SOURCE_CHARS_MAX} characters`);
  const parsed = kind.language === 'yaml' ? parseYaml(source.text) : parseJson(source.text);
  if (!parsed.ok) return parsed;
  return kind.effect === 'merge' ? ok(mergePatch(document, parsed.value ?? {})) : patch(document, parsed.value ?? []);
}

function parseYaml(text: string): Result<unknown, string> {
  const document = parseDocument(text, { prettyErrors: true });
  const [problem] = document.errors;
  if (problem !== undefined) return err(`is not YAML: ${firstLine(problem.message)}`);
  try {
    return ok(document.toJS({ maxAliasCount: ALIASES_MAX }));
  } catch (error) {
    return err(`is not usable YAML: ${firstLine(messageOf(error))}`);
  }
}

function parseJson(text: string): Result<unknown, string> {
  if (text.trim() === '') return ok(undefined);
  try {
    return ok(JSON.parse(text));
  } catch (error) {
    return err(`is not JSON: ${firstLine(messageOf(error))}`);
  }
}

/** @see https://www.rfc-editor.org/rfc/rfc7386 section 2 */
function mergePatch(target: unknown, patchValue: unknown): unknown {
  if (!isRecord(patchValue)) return patchValue;
  const merged = new Map(isRecord(target) ? Object.entries(target) : []);
  for (const [key, value] of Object.entries(patchValue)) {
    if (value === null) merged.delete(key);
    else merged.set(key, mergePatch(merged.get(key), value));
  }
  return Object.fromEntries(merged);
}

function patch(document: unknown, operations: unknown): Result<unknown, string> {
  if (!Array.isArray(operations)) return err('is not a list of RFC 6902 operations');
  try {
    // With validation on, fast-json-patch refuses malformed operations and missing paths by throwing.
    return ok(jsonPatch.applyPatch(structuredClone(document), operations, true).newDocument);
  } catch (error) {
    return err(`cannot be applied: ${patchTrouble(error)}`);
  }
}

function patchTrouble(error: unknown): string {
  const index =
    typeof error === 'object' && error !== null && 'index' in error ? ` (operation ${String(error.index)})` : '';
  return `${firstLine(messageOf(error))}${index}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]?.replace(/:$/, '') ?? '';
}
