import type { Affected, FixState } from '@clair/model';
import type { IndexedRow } from './advisory-index.ts';
import { affectedRow } from './affected-row.ts';
import { dataSetMembers } from './data-set.ts';

/** The releases of the images that are judged, by the tracker's names. */
const RELEASES: ReadonlyMap<string, string> = new Map([
  ['precise', '12.04'],
  ['quantal', '12.10'],
  ['trusty', '14.04'],
  ['vivid', '15.04'],
  ['xenial', '16.04'],
  ['yakkety', '16.10'],
  ['bionic', '18.04'],
  ['cosmic', '18.10'],
  ['focal', '20.04'],
  ['groovy', '20.10'],
  ['hirsute', '21.04'],
  ['jammy', '22.04'],
  ['kinetic', '22.10'],
]);

/** `focal_openssl: released (1.1.1f-1ubuntu2.8)`, `esm-infra/bionic_openssl: needed`, `trusty/esm_openssl: DNE`. */
const STATEMENT = /^(?:(esm-infra|esm-apps)\/)?([a-z]+)(\/esm)?_([a-z0-9][a-z0-9+.-]*): ([a-zA-Z-]+)(?: \((.*)\))?/;

interface Statement {
  readonly status: string;
  readonly note: string;
}

/** The files of these CVEs, as rows. The feed here reads OVAL, which Canonical makes of these files. @see README of the tracker */
export function* ubuntuTrackerRows(wanted: ReadonlySet<string>): Generator<IndexedRow> {
  const name = /^(?:active|retired|ignored)\/(CVE-\d+-\d+)$/;
  for (const { path, bytes } of dataSetMembers('ubuntu', (each) => wanted.has(name.exec(each)?.[1] ?? ''))) {
    const id = name.exec(path)?.[1] ?? '';
    for (const row of rowsOfFile(new TextDecoder().decode(bytes))) yield { row, ids: [id], issued: '' };
  }
}

function* rowsOfFile(text: string): Generator<Affected> {
  const archive = new Map<string, Statement>();
  const pro = new Map<string, Statement>();
  for (const line of text.split('\n')) {
    const [, pocket, codename = '', esm, source = '', status = '', note = ''] = STATEMENT.exec(line) ?? [];
    const release = RELEASES.get(codename);
    if (release === undefined) continue;
    const key = `ubuntu:${release} ${source}`;
    if (pocket === undefined && esm === undefined) archive.set(key, { status, note });
    else pro.set(key, { status, note });
  }
  for (const key of new Set([...archive.keys(), ...pro.keys()])) {
    const [namespace = '', source = ''] = key.split(' ');
    const row = rowOf(namespace, source, chosen(archive.get(key), pro.get(key)));
    if (row !== undefined) yield row;
  }
}

/** What is fixed or unaffected in the archive that everybody has counts; else what Ubuntu Pro says, and its versions. */
function chosen(archive: Statement | undefined, pro: Statement | undefined): Statement | undefined {
  if (archive === undefined || pro === undefined) return archive ?? pro;
  if (isSettled(archive)) return archive;
  return isSettled(pro) ? pro : archive;
}

function isSettled({ status }: Statement): boolean {
  return status === 'released' || status === 'not-affected';
}

const FIX_STATES: ReadonlyMap<string, FixState> = new Map([
  ['needed', 'not-fixed'],
  ['pending', 'not-fixed'],
  ['active', 'not-fixed'],
  ['deferred', 'deferred'],
  ['ignored', 'will-not-fix'],
  ['needs-triage', 'unknown'],
]);

function rowOf(namespace: string, source: string, statement: Statement | undefined): Affected | undefined {
  if (statement === undefined || statement.status === 'DNE') return undefined;
  const { status, note } = statement;
  const version = isSettled(statement) && /^(?:\d+:)?\d[^\s,]*$/.test(note) ? note : undefined;
  const isUnaffected = status === 'not-affected' && version === undefined;
  const isUndetermined =
    (status === 'released' && version === undefined) || (!isSettled(statement) && !FIX_STATES.has(status));
  return affectedRow({
    namespace,
    package: source,
    packageKind: 'source',
    scheme: 'dpkg',
    range: version === undefined ? {} : { fixed: version },
    status: isUnaffected ? 'not-affected' : isUndetermined ? 'undetermined' : 'affected',
    fixState: version === undefined ? (FIX_STATES.get(status) ?? 'unknown') : 'fixed',
  });
}
