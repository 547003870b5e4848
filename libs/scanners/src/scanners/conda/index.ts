import { ok, type Result } from '@clair/model';
import { parseJsonObject } from '../../json-document.ts';
import { FoundPackages } from '../../language/found-packages.ts';
import { textOf } from '../../language/text-field.ts';
import type { ScannedFile, Scanner, ScanOutcome, UnreadableFile } from '../../scanner.ts';

/** What conda has installed, one file a package. @see https://docs.conda.io/projects/conda/en/latest/dev-guide/deep-dives/install.html */
export const conda = {
  id: 'conda',
  version: '1',
  kind: 'package',
  fileBytesMax: 64 * 1024 * 1024,
  wants: (path) => path.endsWith('.json') && /(?:^|\/)conda-meta\/[^/]+$/.test(path),
  read: readRecord,
} satisfies Scanner;

function readRecord(file: ScannedFile): Result<ScanOutcome, UnreadableFile> {
  const document = parseJsonObject(file.text());
  if (!document.ok) return document;
  const found = new FoundPackages('conda');
  found.add(textOf(document.value, 'name'), textOf(document.value, 'version'));
  return ok(found.outcome());
}
