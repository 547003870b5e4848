import { err, ok, type Result } from '@clair/model';
import { isJsonObject, parseJsonObject } from '../../json-document.ts';
import { FoundPackages } from '../../language/found-packages.ts';
import { textOf } from '../../language/text-field.ts';
import { quoted } from '../../plain-text.ts';
import type { ScannedFile, Scanner, ScanOutcome, UnreadableFile } from '../../scanner.ts';

/**
 * What a .NET program was published with.
 * @see https://github.com/dotnet/sdk/blob/main/documentation/specs/runtime-configuration-file.md
 */
export const dotnet = {
  id: 'dotnet',
  version: '1',
  kind: 'package',
  fileBytesMax: 64 * 1024 * 1024,
  wants: (path) => path.endsWith('.deps.json'),
  read: readDependencies,
} satisfies Scanner;

/** A self-contained program carries the runtime under this name. */
const RUNTIME_PACK = 'runtimepack.';

function readDependencies(file: ScannedFile): Result<ScanOutcome, UnreadableFile> {
  const text = file.text();
  const document = parseJsonObject(text.startsWith('\ufeff') ? text.slice(1) : text);
  if (!document.ok) return document;
  const { libraries } = document.value;
  if (!isJsonObject(libraries)) return err({ kind: 'malformed', reason: 'no libraries' });
  const found = new FoundPackages('nuget');
  for (const [key, entry] of Object.entries(libraries)) {
    const type = isJsonObject(entry) ? textOf(entry, 'type') : '';
    if (type !== 'package' && type !== 'runtimepack') continue;
    const slash = key.lastIndexOf('/');
    if (slash <= 0) {
      found.unidentified(`the library ${quoted(key)} has no version`);
      continue;
    }
    const name = key.slice(0, slash);
    found.add(name.startsWith(RUNTIME_PACK) ? name.slice(RUNTIME_PACK.length) : name, key.slice(slash + 1));
  }
  return ok(found.outcome());
}
