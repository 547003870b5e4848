import { err, ok, type Result } from '@clair/model';
import { isJsonObject, type JsonObject, shown, textField } from '../json-fields.ts';
import { type OsvRange, readOsvRange } from './osv-range.ts';

/** A score as the record gives it: `{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/…' }`, `{ type: 'Ubuntu', score: 'medium' }`. */
export interface OsvSeverity {
  readonly type: string;
  readonly score: string;
}

/** What a record says of one package. */
export interface OsvAffected {
  readonly ecosystem: string;
  readonly name: string;
  /** Or why one does not read. */
  readonly ranges: readonly Result<OsvRange, string>[];
  /** Versions that are affected whatever the ranges say. */
  readonly versions: readonly string[];
  readonly severities: readonly OsvSeverity[];
  /** GitHub's word for the end of an open range (`<= 1.2.3`, `< 1.2.3`); absent where it has none. */
  readonly lastKnown?: { readonly version: string; readonly isIncluded: boolean };
  readonly ecosystemSpecific: JsonObject;
  readonly databaseSpecific: JsonObject;
}

/** One OSV record. Texts are the record's own; lists hold each entry once, in the record's order. */
export interface OsvRecord {
  readonly id: string;
  readonly summary: string;
  readonly details: string;
  /** RFC 3339, or empty. */
  readonly published: string;
  /** The record says that it was withdrawn. When does not matter: nobody here reads the clock. */
  readonly isWithdrawn: boolean;
  readonly aliases: readonly string[];
  readonly related: readonly string[];
  readonly upstream: readonly string[];
  /** The http and https addresses of its references. */
  readonly links: readonly string[];
  readonly severities: readonly OsvSeverity[];
  /** `CWE-79`. */
  readonly weaknesses: readonly string[];
  readonly databaseSpecific: JsonObject;
  /** Each entry that names a package, or why it does not read. Entries about commits alone name none and are left out. */
  readonly affected: readonly { readonly index: number; readonly entry: Result<OsvAffected, string> }[];
}

const ID = /^[A-Za-z0-9][A-Za-z0-9._:+-]{1,199}$/;
const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;
const HTTP_URL = /^https?:\/\/[^\s]{1,2000}$/i;
const LIST_ENTRIES_MAX = 20_000;
const AFFECTED_MAX = 20_000;
const PACKAGE_NAME_MAX = 1_000;
const VERSION_CHARS_MAX = 500;

/**
 * The record that the JSON value is. The error says which field of the record as a whole does not read; a bad entry of `affected`
 * costs only itself. Unknown fields are ignored, as the schema asks.
 * @see https://ossf.github.io/osv-schema/
 */
export function readOsvRecord(value: unknown): Result<OsvRecord, string> {
  if (!isJsonObject(value)) return err('the record is not an object');
  if (typeof value.id !== 'string' || !ID.test(value.id)) return err(`the id is ${shown(value.id)}`);
  const summary = textField(value, 'summary');
  if (!summary.ok) return summary;
  const details = textField(value, 'details');
  if (!details.ok) return details;
  const aliases = textList(value, 'aliases');
  if (!aliases.ok) return aliases;
  const related = textList(value, 'related');
  if (!related.ok) return related;
  const upstream = textList(value, 'upstream');
  if (!upstream.ok) return upstream;
  const affected = value.affected ?? [];
  if (!Array.isArray(affected)) return err('affected is not a list');
  if (affected.length > AFFECTED_MAX) return err(`affected has more than ${AFFECTED_MAX} entries`);
  return ok({
    id: value.id,
    summary: summary.value,
    details: details.value,
    published: typeof value.published === 'string' && DATE_TIME.test(value.published) ? value.published : '',
    isWithdrawn: (value.withdrawn ?? '') !== '',
    aliases: aliases.value,
    related: related.value,
    upstream: upstream.value,
    links: links(value.references),
    severities: severities(value.severity),
    weaknesses: weaknesses(value.database_specific),
    databaseSpecific: objectOrEmpty(value.database_specific),
    affected: affected.flatMap((entry: unknown, index) =>
      isAboutCommitsOnly(entry) ? [] : [{ index, entry: readAffected(entry) }],
    ),
  });
}

function isAboutCommitsOnly(entry: unknown): boolean {
  return isJsonObject(entry) && (entry.package ?? undefined) === undefined;
}

function readAffected(entry: unknown): Result<OsvAffected, string> {
  if (!isJsonObject(entry) || !isJsonObject(entry.package)) return err('the package is not an object');
  const ecosystem = textField(entry.package, 'ecosystem');
  if (!ecosystem.ok) return ecosystem;
  const name = textField(entry.package, 'name');
  if (!name.ok) return name;
  if (ecosystem.value === '' || name.value === '') return err('the package has no ecosystem or no name');
  if (name.value.length > PACKAGE_NAME_MAX) return err(`the name of the package is longer than ${PACKAGE_NAME_MAX}`);
  const versions = textList(entry, 'versions');
  if (!versions.ok) return versions;
  if (versions.value.some((version) => version.length > VERSION_CHARS_MAX))
    return err(`a version is longer than ${VERSION_CHARS_MAX}`);
  const written = entry.ranges ?? [];
  if (!Array.isArray(written)) return err('ranges is not a list');
  if (written.length > LIST_ENTRIES_MAX) return err(`ranges has more than ${LIST_ENTRIES_MAX} entries`);
  return ok({
    ecosystem: ecosystem.value,
    name: name.value,
    ranges: written.map(readOsvRange),
    versions: versions.value,
    severities: severities(entry.severity),
    ...lastKnown(entry.database_specific),
    ecosystemSpecific: objectOrEmpty(entry.ecosystem_specific),
    databaseSpecific: objectOrEmpty(entry.database_specific),
  });
}

/** `last_known_affected_version_range` of GitHub's advisories; another form of it is none. */
function lastKnown(specific: unknown): Pick<OsvAffected, 'lastKnown'> {
  const text = isJsonObject(specific) ? specific.last_known_affected_version_range : undefined;
  const [, operator, version = ''] = typeof text === 'string' ? (/^(<=?) ?([^\s,\0]{1,500})$/.exec(text) ?? []) : [];
  return operator === undefined ? {} : { lastKnown: { version, isIncluded: operator === '<=' } };
}

/** `cwe_ids` of GitHub's advisories. */
function weaknesses(specific: unknown): readonly string[] {
  const ids = isJsonObject(specific) && Array.isArray(specific.cwe_ids) ? specific.cwe_ids : [];
  const isId = (id: unknown): id is string => typeof id === 'string' && /^CWE-\d{1,6}$/.test(id);
  return [...new Set(ids.slice(0, LIST_ENTRIES_MAX).filter(isId))];
}

function textList(object: JsonObject, key: string): Result<readonly string[], string> {
  const list = object[key] ?? [];
  if (!Array.isArray(list)) return err(`${key} is not a list`);
  if (list.length > LIST_ENTRIES_MAX) return err(`${key} has more than ${LIST_ENTRIES_MAX} entries`);
  const isText = (each: unknown): each is string => typeof each === 'string' && each !== '' && !each.includes('\u0000');
  return list.every(isText) ? ok([...new Set(list)]) : err(`${key} holds something that is not a text`);
}

/** A reference without an address that can be followed says nothing to anybody. */
function links(references: unknown): readonly string[] {
  if (!Array.isArray(references)) return [];
  const urls = references
    .slice(0, LIST_ENTRIES_MAX)
    .flatMap((reference: unknown) =>
      isJsonObject(reference) && typeof reference.url === 'string' && HTTP_URL.test(reference.url.trim())
        ? [reference.url.trim()]
        : [],
    );
  return [...new Set(urls)].filter((url) => !url.includes('\u0000'));
}

function severities(list: unknown): readonly OsvSeverity[] {
  if (!Array.isArray(list)) return [];
  return list.slice(0, LIST_ENTRIES_MAX).flatMap((each: unknown) => {
    if (!isJsonObject(each)) return [];
    const { type, score } = each;
    return typeof type === 'string' && typeof score === 'string' && !score.includes('\u0000') ? [{ type, score }] : [];
  });
}

function objectOrEmpty(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}
