import { type Advisory, type Affected, err, ok, type Rejection, type Result, type Severity } from '@clair/model';
import { attributeText, childElement, childElements, childText, type XmlElement } from '../../xml/xml-element.ts';

/** An `<update>` of updateinfo.xml, and the namespace that its repository is of. */
export interface AmazonUpdate {
  readonly element: XmlElement;
  readonly namespace: string;
}

/** Amazon's words, in any letter case. */
const SEVERITY: ReadonlyMap<string, Severity> = new Map([
  ['low', 'Low'],
  ['medium', 'Medium'],
  ['important', 'High'],
  ['critical', 'Critical'],
]);

const ID = /^ALAS[A-Za-z0-9._-]{3,100}$/;
const CVE = /^CVE-\d{4}-\d{4,}$/;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,199}$/;
const EPOCH = /^\d{0,9}$/;
/** What rpm allows in a version and a release. */
const VERSION = /^[A-Za-z0-9._+~^]{1,200}$/;
const ARCH = /^[a-z0-9_]{1,20}$/;
const DATE = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d)(?::(\d\d))?(?:\.\d+)?Z?)?$/;
const HTTP_URL = /^https?:\/\/[^\s]{1,2000}$/i;

/**
 * The advisory that an update is, and a rejection for each of its packages that does not read; or only a rejection. Nothing when the
 * update fixes no flaw (a bug fix without a CVE).
 */
export function readUpdate({ element, namespace }: AmazonUpdate): readonly Result<Advisory, Rejection>[] {
  const id = childText(element, 'id');
  if (!ID.test(id))
    return [err({ at: `line ${element.line}`, reason: `the id is ${JSON.stringify(id.slice(0, 100))}` })];
  const references = childElements(childElement(element, 'references'), 'reference');
  const upstream = cveIds(references);
  if (attributeText(element, 'type') !== 'security' && upstream.length === 0) return [];

  const word = childText(element, 'severity');
  const base = {
    namespace,
    packageKind: 'binary',
    scheme: 'rpm',
    status: 'affected',
    fixState: 'fixed',
    module: '',
    cpe: '',
    bulletin: id,
    severity: word,
    normalizedSeverity: SEVERITY.get(word.toLowerCase()) ?? 'Unknown',
  } as const;
  const { builds, problems } = readBuilds(element);
  const rejections = problems.map((reason): Result<never, Rejection> => err({ at: id, reason }));
  if (builds.length === 0) return rejections.length > 0 ? rejections : [err({ at: id, reason: 'it names no package' })];
  const affected = builds.map(({ name, version, arches }): Affected => {
    return { ...base, package: name, range: { fixed: version }, arches: [...arches].sort() };
  });
  const advisory: Advisory = {
    key: id,
    name: id,
    description: childText(element, 'description'),
    issued: instant(attributeText(childElement(element, 'issued'), 'date')),
    links: links(id, references),
    aliases: [],
    upstream,
    affected,
  };
  return [ok(advisory), ...rejections];
}

interface Build {
  readonly name: string;
  /** `epoch:version-release`, the epoch left out when it is 0. */
  readonly version: string;
  readonly arches: Set<string>;
}

function readBuilds(update: XmlElement): { readonly builds: readonly Build[]; readonly problems: readonly string[] } {
  const builds = new Map<string, Build>();
  const problems: string[] = [];
  const collections = childElements(childElement(update, 'pkglist'), 'collection');
  for (const element of collections.flatMap((collection) => childElements(collection, 'package'))) {
    const arch = attributeText(element, 'arch');
    // Source packages are not installed.
    if (arch === 'src' || arch === 'nosrc') continue;
    const name = attributeText(element, 'name');
    const version = evr(element);
    if (version === undefined || !NAME.test(name) || !ARCH.test(arch)) {
      problems.push(`a package does not read: ${JSON.stringify(element.attributes).slice(0, 200)}`);
      continue;
    }
    const key = `${name}\u0000${version}`;
    const build = builds.get(key);
    if (build === undefined) builds.set(key, { name, version, arches: new Set([arch]) });
    else build.arches.add(arch);
  }
  return { builds: [...builds.values()], problems };
}

function evr(element: XmlElement): string | undefined {
  const epoch = attributeText(element, 'epoch');
  const version = attributeText(element, 'version');
  const release = attributeText(element, 'release');
  if (!EPOCH.test(epoch) || !VERSION.test(version) || !VERSION.test(release)) return undefined;
  return Number(epoch) === 0 ? `${version}-${release}` : `${Number(epoch)}:${version}-${release}`;
}

function cveIds(references: readonly XmlElement[]): readonly string[] {
  const ids = references
    .filter((reference) => attributeText(reference, 'type').toLowerCase() === 'cve')
    .map((reference) => attributeText(reference, 'id').toUpperCase())
    .filter((id) => CVE.test(id));
  return [...new Set(ids)];
}

/** The bulletin's own page first. References of before 2022 go to cve.mitre.org over plain http; they are kept as they are. */
function links(id: string, references: readonly XmlElement[]): readonly string[] {
  const page = bulletinPage(id);
  const hrefs = references.map((reference) => attributeText(reference, 'href')).filter((href) => HTTP_URL.test(href));
  return [...new Set(page === undefined ? hrefs : [page, ...hrefs])];
}

const RELEASE_PART = /^ALAS(2023|2022|2)?([A-Z][A-Za-z0-9._-]*)?-(\d{4}-\d+)$/;

/**
 * The page of a bulletin, whose name there has no release in it: `ALAS2-2021-1699` is `AL2/ALAS-2021-1699.html`,
 * `ALAS2KERNEL-5.10-2022-002` is `AL2/ALASKERNEL-5.10-2022-002.html`; `ALAS-2018-1093`, of Amazon Linux 1, lies at the root.
 */
function bulletinPage(id: string): string | undefined {
  const match = RELEASE_PART.exec(id);
  if (match === null) return undefined;
  const [, release, topic = '', number] = match;
  const folder = release === undefined ? '' : `AL${release}/`;
  return `https://alas.aws.amazon.com/${folder}ALAS${topic}-${number}.html`;
}

/** Amazon writes UTC without saying so: `2021-08-13 17:31`. Empty for anything else. */
function instant(date: string): string {
  const match = DATE.exec(date);
  if (match === null) return '';
  const [, day, minutes = '00:00', seconds = '00'] = match;
  return `${day}T${minutes}:${seconds}Z`;
}
