import { err, ok, type Result } from '@clair/model';
import { readExecutables, sectionBytes } from '../../executable/executable.ts';
import { beginsExecutable, mayBeExecutable } from '../../executable/may-be-executable.ts';
import { inflated } from '../../inflated.ts';
import { isJsonObject, type JsonObject, parseJsonObject } from '../../json-document.ts';
import { FoundPackages } from '../../language/found-packages.ts';
import { listOf, textOf } from '../../language/text-field.ts';
import type { ScannedFile, Scanner, ScanOutcome, UnreadableFile } from '../../scanner.ts';
import { decodeText } from '../../sqlite/text-decoding.ts';

const SECTION = '.dep-v0';
/** The largest known have some 10 KB, inflated 100 KB. */
const SECTION_BYTES_MAX = 8 * 1024 * 1024;
const INFLATED_BYTES_MAX = 64 * 1024 * 1024;

/** Programs built with `cargo auditable`: the crates they were made of. @see https://github.com/rust-secure-code/cargo-auditable */
export const rustBinary = {
  id: 'rust-binary',
  version: '1',
  kind: 'package',
  fileBytesMax: 2 * 1024 * 1024 * 1024,
  wants: mayBeExecutable,
  wantsContent: beginsExecutable,
  read: readProgram,
} satisfies Scanner;

function readProgram(file: ScannedFile): Result<ScanOutcome, UnreadableFile> {
  const found = new FoundPackages('cargo');
  for (const program of readExecutables(file)) {
    const section = program.sections.find(({ name }) => name === SECTION);
    if (section === undefined) continue;
    const document = readSection(sectionBytes(program, section, SECTION_BYTES_MAX));
    if (document.ok) addCrates(listOf(document.value, 'packages'), found);
    else found.problem(`the section ${SECTION}: ${document.error.reason}`);
  }
  return ok(found.outcome());
}

function readSection(bytes: Uint8Array): Result<JsonObject, UnreadableFile> {
  const json = inflated(bytes, { format: 'zlib', bytesMax: INFLATED_BYTES_MAX });
  if (json.ok) return parseJsonObject(decodeText(json.value, 'utf-8'));
  return json.error === 'too-large'
    ? err({ kind: 'limit', reason: `inflated it has more than ${INFLATED_BYTES_MAX} bytes` })
    : err({ kind: 'malformed', reason: 'it is not compressed as it should be' });
}

/** What was needed to build the program is not in it; its own crates and those of git have a version, and may be published too. */
function addCrates(packages: readonly unknown[], found: FoundPackages): void {
  for (const entry of packages) {
    if (!isJsonObject(entry)) found.problem('a package that is no object');
    else if (textOf(entry, 'kind') !== 'build' && textOf(entry, 'kind') !== 'development')
      found.add(textOf(entry, 'name'), textOf(entry, 'version'));
  }
}
