import { err, type OwnedFiles, ok, type Result, type ScannedPackage } from '@clair/model';
import { isPlainText, quoted } from '../../plain-text.ts';
import { ProblemList } from '../../problem-list.ts';
import type { ScanOutcome } from '../../scanner.ts';
import { textLines } from '../../text-lines.ts';

interface Stanza {
  readonly line: number;
  readonly fields: Map<string, string>;
  /** Wanted fields that the stanza has twice. */
  readonly repeated: string[];
  readonly files: string[];
}

/** P package, V version, A architecture, o origin; the others are dependencies and checksums, and F and R: directories and their files. */
const WANTED: ReadonlySet<string> = new Set(['P', 'V', 'A', 'o']);

/**
 * The packages of apk's database, in its order. A stanza ends at an empty line or with the file. One that does not
 * read is a problem; the others are kept.
 * @see https://wiki.alpinelinux.org/wiki/Apk_spec#Syntax
 */
export function readInstalledFile(text: string): ScanOutcome {
  const problems = new ProblemList();
  const packages: ScannedPackage[] = [];
  const owned: OwnedFiles[] = [];
  for (const stanza of stanzas(text, problems)) {
    const read = readStanza(stanza);
    if (!read.ok) {
      problems.add(`line ${stanza.line}: ${read.error}`);
      continue;
    }
    packages.push(read.value);
    if (stanza.files.length > 0) owned.push({ owner: read.value.name, paths: stanza.files });
  }
  if (text !== '' && !text.endsWith('\n')) problems.add('ends in the middle of a line: it may be cut off');
  return { packages, owned, problems: problems.reasons() };
}

function* stanzas(text: string, problems: ProblemList): Generator<Stanza> {
  let open: Stanza | undefined;
  let directory = '';
  for (const { number, text: line } of textLines(text)) {
    if (line.trim() === '') {
      if (open !== undefined) yield open;
      open = undefined;
      continue;
    }
    if (!/^[A-Za-z]:/.test(line)) {
      problems.add(`line ${number}: not a field: ${quoted(line)}`);
      continue;
    }
    const key = line.charAt(0);
    if (key === 'P' && open?.fields.has('P')) {
      problems.add(`line ${number}: a second package in one stanza`);
      yield open;
      open = undefined;
    }
    open ??= { line: number, fields: new Map(), repeated: [], files: [] };
    if (key === 'F') directory = line.slice(2).trim();
    if (key === 'R') open.files.push(directory === '' ? line.slice(2).trim() : `${directory}/${line.slice(2).trim()}`);
    if (!WANTED.has(key)) continue;
    if (open.fields.has(key)) open.repeated.push(key);
    else open.fields.set(key, line.slice(2).trim());
  }
  if (open !== undefined) yield open;
}

function readStanza({ fields, repeated }: Stanza): Result<ScannedPackage, string> {
  const name = fields.get('P') ?? '';
  const version = fields.get('V') ?? '';
  const arch = fields.get('A') ?? '';
  const origin = fields.get('o') ?? '';
  if (name === '') return err('no package name (P)');
  if (repeated.length > 0) return err(`package ${quoted(name)}: ${repeated.join(', ')} more than once`);
  if (version === '') return err(`package ${quoted(name)}: no version (V)`);
  if (![name, version, arch, origin].every(isPlainText)) return err(`package ${quoted(name)}: unfit characters`);
  // All packages that are built from one origin carry its version.
  const source = { name: origin === '' ? name : origin, version };
  return ok({ name, version, type: 'apk', scheme: 'apk', arch, module: '', source });
}
