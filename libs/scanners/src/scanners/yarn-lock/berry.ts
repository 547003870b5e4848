import { ok, type Result } from '@clair/model';
import { isJsonObject } from '../../json-document.ts';
import type { FoundPackages } from '../../language/found-packages.ts';
import { textOf } from '../../language/text-field.ts';
import { parseYamlObjects } from '../../language/yaml-document.ts';
import { quoted } from '../../plain-text.ts';
import type { UnreadableFile } from '../../scanner.ts';

/** The project's own packages, and what lies beside them. */
const LOCAL = /^(?:workspace|link|portal|file):/;

/**
 * The entries of Berry's `yarn.lock`, a YAML mapping. `resolution` says what was installed: `a@npm:1.0.0`, `a@workspace:.`, or a patched
 * `a@patch:a@npm%3A1.0.0#…`, which is `a` with changes of the project.
 * @see https://yarnpkg.com/configuration/yarnrc
 */
export function readBerryLock(text: string, found: FoundPackages): Result<void, UnreadableFile> {
  const documents = parseYamlObjects(text);
  if (!documents.ok) return documents;
  for (const [key, entry] of documents.value.flatMap((document) => Object.entries(document))) {
    if (key === '__metadata' || !isJsonObject(entry)) continue;
    const resolution = textOf(entry, 'resolution');
    const at = resolution.indexOf('@', 1);
    if (at < 0) {
      found.unidentified(`the entry ${quoted(key)} does not say what it was resolved to`);
      continue;
    }
    const version = entry.version;
    if (LOCAL.test(resolution.slice(at + 1))) continue;
    // YAML reads `version: 3` and `version: 1.0` as numbers.
    found.add(
      resolution.slice(0, at),
      typeof version === 'number' ? writtenNumber(text, key, version) : textOf(entry, 'version'),
    );
  }
  return ok(undefined);
}

/** A version that YAML takes for a number, as it is written. */
function writtenNumber(text: string, key: string, version: number): string {
  const from = text.indexOf(key);
  const [, written] = /\n {2}version: (\S+)/.exec(text.slice(from, from + key.length + 200)) ?? [];
  return written ?? String(version);
}
