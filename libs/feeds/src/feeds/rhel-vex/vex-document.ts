import { type Advisory, compareText, err, ok, type Rejection, type Result } from '@clair/model';
import { MalformedDocument } from '../../feed.ts';
import { isJsonObject, type JsonObject, jsonPointer, shown, textField } from '../../json-fields.ts';
import { readRows } from './affected-rows.ts';
import { objects, ProductTree } from './product-tree.ts';
import { readStatements } from './statements.ts';

/** What one document says, which is about one CVE. A withdrawn document, and one that is about no rpm package, say nothing. */
export function readVexDocument(document: JsonObject): readonly Result<Advisory, Rejection>[] {
  const head = isJsonObject(document.document) ? document.document : {};
  const tracking = isJsonObject(head.tracking) ? head.tracking : {};
  if (tracking.status === 'deleted') return [];
  if (head.category !== 'csaf_vex') {
    throw new MalformedDocument(`the document is JSON, but no CSAF VEX: its category is ${shown(head.category)}`);
  }
  const vulnerabilities = objects(document.vulnerabilities);
  if (vulnerabilities.length === 0) {
    const reason = `the document ${shown(tracking.id)} holds no vulnerability`;
    return [err({ at: jsonPointer('vulnerabilities'), reason })];
  }
  const tree = new ProductTree(document.product_tree);
  return vulnerabilities.flatMap((vulnerability, index) => readVulnerability({ vulnerability, head, tree, index }));
}

interface Vulnerability {
  readonly vulnerability: JsonObject;
  readonly head: JsonObject;
  readonly tree: ProductTree;
  readonly index: number;
}

function readVulnerability({
  vulnerability,
  head,
  tree,
  index,
}: Vulnerability): readonly Result<Advisory, Rejection>[] {
  const { cve } = vulnerability;
  if (typeof cve !== 'string' || !/^CVE-\d{4}-\d{1,12}$/.test(cve)) {
    return [err({ at: jsonPointer('vulnerabilities', index, 'cve'), reason: `not a CVE: ${shown(cve)}` })];
  }
  const aggregate = isJsonObject(head.aggregate_severity) ? textField(head.aggregate_severity, 'text') : ok('');
  const statements = readStatements(vulnerability, tree, aggregate.ok ? aggregate.value : '');
  const { rows, problems } = readRows(vulnerability, tree, statements);
  const rejections = problems.map(({ at, reason }) =>
    err({ at: `${cve}${jsonPointer('product_status', ...at)}`, reason }),
  );
  if (rows.length === 0) return rejections;

  const description = descriptionOf(vulnerability);
  if (description.includes('\u0000')) {
    return [...rejections, err({ at: cve, reason: 'the description holds a NUL character' })];
  }
  const bulletins = [...new Set(rows.map(({ bulletin }) => bulletin))].filter((id) => id !== '').sort(compareText);
  const advisory: Advisory = {
    key: cve,
    name: cve,
    description,
    issued: issuedOf(vulnerability, head),
    links: linksOf(cve, vulnerability, bulletins),
    aliases: [],
    upstream: [],
    affected: rows,
  };
  return [ok(advisory), ...rejections];
}

function descriptionOf(vulnerability: JsonObject): string {
  const notes = objects(vulnerability.notes);
  for (const category of ['description', 'summary']) {
    const text = notes.find((note) => note.category === category)?.text;
    if (typeof text === 'string' && text !== '') return text;
  }
  return typeof vulnerability.title === 'string' ? vulnerability.title : '';
}

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** When the flaw became public; else when the document did. */
function issuedOf(vulnerability: JsonObject, head: JsonObject): string {
  const tracking = isJsonObject(head.tracking) ? head.tracking : {};
  const dates = [vulnerability.release_date, tracking.initial_release_date];
  const isDate = (date: unknown): date is string =>
    typeof date === 'string' && RFC_3339.test(date) && !Number.isNaN(Date.parse(date));
  return dates.find(isDate) ?? '';
}

const LINKS_MAX = 100;

/** Red Hat's page of the flaw first, then what the document refers to, then the errata that fix it. */
function linksOf(cve: string, vulnerability: JsonObject, bulletins: readonly string[]): readonly string[] {
  const references = objects(vulnerability.references).flatMap(({ url }) =>
    typeof url === 'string' && /^https?:\/\/\S+$/.test(url) ? [url] : [],
  );
  const errata = bulletins.map((id) => `https://access.redhat.com/errata/${id}`);
  return [...new Set([`https://access.redhat.com/security/cve/${cve}`, ...references, ...errata])].slice(0, LINKS_MAX);
}
