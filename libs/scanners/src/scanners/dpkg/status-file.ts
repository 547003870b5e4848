import { err, ok, type Result, type ScannedPackage, type SourcePackage } from '@clair/model';
import { isPlainText, quoted } from '../../plain-text.ts';
import { ProblemList } from '../../problem-list.ts';
import type { ScanOutcome, UnreadableFile } from '../../scanner.ts';
import { type Stanza, stanzas } from './stanzas.ts';

const PACKAGE_FIELDS = ['package', 'status', 'version', 'architecture', 'source'] as const;
/** Fields that vcpkg writes and dpkg does not know: its `status` file has the same syntax. */
const VCPKG_FIELDS = ['port-version', 'default-features', 'feature', 'abi'] as const;
/** Every Debian package has it and no port of vcpkg: one package with a field of its own must not cost the others. */
const DEBIAN_FIELD = 'maintainer';
const WANTED: ReadonlySet<string> = new Set([...PACKAGE_FIELDS, ...VCPKG_FIELDS, DEBIAN_FIELD]);

/** The third word of `Status`. @see https://manpages.debian.org/stable/dpkg/dpkg.1.en.html (package states) */
const STATES: ReadonlySet<string> = new Set([
  'not-installed',
  'config-files',
  'half-installed',
  'unpacked',
  'half-configured',
  'triggers-awaited',
  'triggers-pending',
  'installed',
]);

/** What is expected of a file: dpkg's own database always says the state and ends in a newline. */
export interface StatusFileForm {
  /** `status`: all packages that dpkg knows. `status.d`: one file of an image that was built without dpkg. */
  readonly kind: 'status' | 'status.d';
}

/** The installed packages of a dpkg database, in the order of the file. Stanzas that do not read are problems. */
export function readStatusFile(text: string, form: StatusFileForm): Result<ScanOutcome, UnreadableFile> {
  const problems = new ProblemList();
  const packages: ScannedPackage[] = [];
  for (const stanza of stanzas(text, WANTED, problems)) {
    if (isOfVcpkg(stanza)) {
      return err({ kind: 'malformed', reason: `line ${stanza.line}: a status file of vcpkg, not of dpkg` });
    }
    const read = readStanza(stanza, form, problems);
    if (!read.ok) problems.add(`line ${stanza.line}: ${read.error}`);
    else if (read.value !== undefined) packages.push(read.value);
  }
  if (form.kind === 'status' && text !== '' && !text.endsWith('\n')) {
    problems.add('ends in the middle of a line: it may be cut off');
  }
  return ok({ packages, problems: problems.reasons() });
}

function isOfVcpkg({ fields }: Stanza): boolean {
  return !fields.has(DEBIAN_FIELD) && VCPKG_FIELDS.some((field) => fields.has(field));
}

/** `undefined`: the stanza is about a package that is not installed. */
function readStanza(
  stanza: Stanza,
  form: StatusFileForm,
  problems: ProblemList,
): Result<ScannedPackage | undefined, string> {
  const name = stanza.fields.get('package') ?? '';
  if (name === '') return err('no Package');
  const repeated = stanza.repeated.filter((field) => PACKAGE_FIELDS.some((known) => known === field));
  if (repeated.length > 0) return err(`package ${quoted(name)}: ${repeated.join(', ')} more than once`);
  const installed = isInstalled(stanza.fields.get('status'), form);
  if (!installed.ok) return err(`package ${quoted(name)}: ${installed.error}`);
  if (!installed.value) return ok(undefined);
  const version = stanza.fields.get('version') ?? '';
  const arch = stanza.fields.get('architecture') ?? '';
  if (version === '') return err(`package ${quoted(name)}: no Version`);
  if (![name, version, arch].every(isPlainText)) return err(`package ${quoted(name)}: unfit characters`);
  if (arch === '') problems.add(`line ${stanza.line}: package ${quoted(name)}: no Architecture`);
  const itself = { name, version };
  const source = readSource(stanza.fields.get('source'), itself);
  if (!source.ok) problems.add(`line ${stanza.line}: package ${quoted(name)}: ${source.error}`);
  return ok({
    name,
    version,
    type: 'deb',
    scheme: 'dpkg',
    arch,
    module: '',
    source: source.ok ? source.value : itself,
  });
}

function isInstalled(status: string | undefined, form: StatusFileForm): Result<boolean, string> {
  if (status === undefined) return form.kind === 'status.d' ? ok(true) : err('no Status');
  const words = status.split(/\s+/);
  const state = words[2] ?? '';
  if (words.length !== 3 || !STATES.has(state)) return err(`Status does not read: ${quoted(status)}`);
  return ok(state === 'installed');
}

/** `name`, or `name (version)` where the source has another version; without the field the package is its own source. */
function readSource(text: string | undefined, itself: SourcePackage): Result<SourcePackage, string> {
  if (text === undefined || text === '') return ok(itself);
  const [, name, version] = /^([^\s()]+)(?:\s*\(\s*([^\s()]+)\s*\))?$/.exec(text) ?? [];
  if (name === undefined || !isPlainText(text)) return err(`Source does not read: ${quoted(text)}`);
  return ok({ name, version: version ?? itself.version });
}
