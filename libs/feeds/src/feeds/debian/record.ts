import {
  type Advisory,
  type Affected,
  err,
  type FixState,
  ok,
  type Rejection,
  type Result,
  type Severity,
} from '@clair/model';
import { isJsonObject, type JsonObject, jsonPointer, shown, textField } from '../../json-fields.ts';
import { namespaceOfCodename } from './releases.ts';

/** One (source package, vulnerability) of the tracker, as cut out of its document. */
export interface TrackerRecord {
  readonly source: string;
  readonly id: string;
  readonly value: unknown;
}

/** What came of a record. The codenames that nobody knows are counted by the caller, once for the document. */
export interface ReadRecord {
  readonly results: readonly Result<Advisory, Rejection>[];
  readonly unknownCodenames: readonly string[];
}

/** Policy's alphabet for package names, capitals allowed for what is older than it. */
const SOURCE = /^[0-9A-Za-z][0-9A-Za-z+.-]{0,199}$/;
/** `CVE-2024-1234`, `TEMP-0841856-B18BAF`, `CVE-2024-XXXX`. */
const ID = /^[A-Za-z][0-9A-Za-z-]{2,99}$/;

/** Debian's own words, as they are meant: its `low` is low. `not yet assigned` and `end-of-life` say nothing of severity. */
const SEVERITY: ReadonlyMap<string, Severity> = new Map([
  ['unimportant', 'Negligible'],
  ['low', 'Low'],
  ['medium', 'Medium'],
  ['high', 'High'],
]);

/** Turns a record into an advisory; a release in it that does not read is a rejection beside the advisory. */
export function readRecord({ source, id, value }: TrackerRecord): ReadRecord {
  const rejected = (reason: string): ReadRecord => ({
    results: [err({ at: jsonPointer(source, id), reason })],
    unknownCodenames: [],
  });
  if (!SOURCE.test(source)) return rejected('the key is no source package name');
  if (!ID.test(id)) return rejected('the key is no vulnerability id');
  if (!isJsonObject(value)) return rejected('the record is not an object');
  const description = textField(value, 'description');
  if (!description.ok) return rejected(description.error);
  if (!isJsonObject(value.releases)) return rejected('releases is not an object');

  const affected: Affected[] = [];
  const rejections: Result<never, Rejection>[] = [];
  const unknownCodenames: string[] = [];
  for (const [codename, entry] of Object.entries(value.releases)) {
    const namespace = namespaceOfCodename(codename);
    if (namespace === undefined) {
      unknownCodenames.push(codename);
      continue;
    }
    const read = readRelease(entry, { namespace, source });
    if (read.problem !== undefined) {
      rejections.push(err({ at: jsonPointer(source, id, 'releases', codename), reason: read.problem }));
    }
    affected.push(read.affected);
  }
  if (affected.length === 0) {
    return unknownCodenames.length > 0 ? { results: [], unknownCodenames } : rejected('the record names no release');
  }
  const advisory: Advisory = {
    key: `${id}/${source}`,
    name: id,
    description: description.value,
    issued: '',
    links: links(id, value),
    aliases: [],
    upstream: [],
    affected,
  };
  return { results: [ok(advisory), ...rejections], unknownCodenames };
}

interface ReadRelease {
  readonly affected: Affected;
  /** Why the entry does not say whether the release is affected; the row is then `undetermined`, so that its packages are not called safe. */
  readonly problem?: string;
}

function readRelease(entry: unknown, of: { readonly namespace: string; readonly source: string }): ReadRelease {
  const release = isJsonObject(entry) ? entry : {};
  const urgency = textField(release, 'urgency');
  const severity = urgency.ok ? urgency.value : '';
  const word = severity.replace(/\*+$/, '').trim();
  const base = {
    namespace: of.namespace,
    package: of.source,
    packageKind: 'source',
    scheme: 'dpkg',
    range: {},
    arches: [],
    module: '',
    cpe: '',
    bulletin: '',
    severity,
    normalizedSeverity: SEVERITY.get(word) ?? 'Unknown',
  } as const;
  const unreadable = (problem: string): ReadRelease => ({
    affected: { ...base, status: 'undetermined', fixState: 'unknown' },
    problem,
  });
  if (!isJsonObject(entry)) return unreadable('the release is not an object');
  if (!urgency.ok) return unreadable(urgency.error);
  const fixed = textField(release, 'fixed_version');
  if (!fixed.ok) return unreadable(fixed.error);

  switch (release.status) {
    case 'resolved':
      if (fixed.value === '') return unreadable('the status is resolved, but there is no fixed_version');
      if (fixed.value === '0') return { affected: { ...base, status: 'not-affected', fixState: 'unknown' } };
      return { affected: { ...base, status: 'affected', fixState: 'fixed', range: { fixed: fixed.value } } };
    case 'open':
      return { affected: { ...base, status: 'affected', fixState: openFixState(release, word) } };
    case 'undetermined':
      return { affected: { ...base, status: 'undetermined', fixState: 'unknown' } };
    default:
      return unreadable(`the status is ${shown(release.status)}, not resolved, open or undetermined`);
  }
}

/**
 * `nodsa` without a reason means only that no advisory of its own is issued: the fix may come with a point release.
 * @see https://security-team.debian.org/security_tracker.html#issues-not-warranting-a-security-advisory
 */
function openFixState(release: JsonObject, urgency: string): FixState {
  if (urgency === 'end-of-life') return 'out-of-support';
  if (release.nodsa_reason === 'ignored') return 'will-not-fix';
  if (release.nodsa_reason === 'postponed') return 'deferred';
  return 'not-fixed';
}

function links(id: string, record: JsonObject): string[] {
  const tracker = `https://security-tracker.debian.org/tracker/${id}`;
  const bug = record.debianbug;
  return Number.isSafeInteger(bug) ? [tracker, `https://bugs.debian.org/${bug}`] : [tracker];
}
