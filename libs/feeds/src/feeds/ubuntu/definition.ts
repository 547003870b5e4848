import { type Advisory, type Affected, err, ok, parseSeverity, type Rejection, type Result } from '@clair/model';
import { attributeText, childElement, childElements, childText, type XmlElement } from '../../xml/xml-element.ts';
import { isProOnly, type PackageStatements, rowOf } from './package-row.ts';
import { readStatements } from './statements.ts';

export interface UbuntuRelease {
  readonly codename: string;
  /** `ubuntu:24.04` */
  readonly namespace: string;
}

const CVE = /^CVE-[0-9]{4}-[0-9A-Z]{4,20}$/;
const CVSS_VECTOR = /^CVSS:(?:3\.[01]|4\.0)\/[A-Za-z:/]{1,400}$/;
const LINKS_MAX = 100;
const HTTP_URL = /^https?:\/\/[^\s]+$/;
/** The generator adds how to update, with the versions of the binary packages, which the rows say. */
const INSTRUCTIONS = /\s*Update Instructions:[\s\S]*$/;
const DATE = /^([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]+)?)?(?: ?(?:Z|UTC|\+00:00))?$/;

/** Turns a definition into an advisory about one CVE; what of it does not read are rejections beside it. */
export function readDefinition(definition: XmlElement, release: UbuntuRelease): Result<Advisory, Rejection>[] {
  const id = attributeText(definition, 'id') || `line ${definition.line}`;
  const rejected = (reason: string): Result<never, Rejection> => err({ at: id, reason });
  const metadata = childElement(definition, 'metadata');
  const criteria = childElement(definition, 'criteria');
  const name = cveOf(metadata);
  if (name === undefined) return [rejected('the definition names no CVE')];
  if (criteria === undefined) return [rejected(`${name} has no criteria`)];
  const { packages, problems } = readStatements(criteria, release.codename);
  const rejections = problems.map((problem) => rejected(`${name}: ${problem}`));
  if (packages.length === 0) {
    return rejections.length > 0 ? rejections : [rejected(`${name} names no package of ${release.codename}`)];
  }
  return [ok(advisoryOf({ name, metadata, packages }, release)), ...rejections];
}

interface DefinitionParts {
  readonly name: string;
  readonly metadata: XmlElement | undefined;
  readonly packages: readonly PackageStatements[];
}

function advisoryOf({ name, metadata, packages }: DefinitionParts, { namespace }: UbuntuRelease): Advisory {
  const advisory = childElement(metadata, 'advisory');
  const vectors = vectorsOf(advisory);
  const severity = childText(advisory, 'severity') || attributeText(childElement(advisory, 'cve'), 'priority');
  const affected = packages.map(
    (statements): Affected => ({
      namespace,
      package: statements.source,
      packageKind: 'source',
      scheme: 'dpkg',
      ...rowOf(statements),
      arches: [],
      module: '',
      cpe: '',
      bulletin: '',
      severity,
      normalizedSeverity: parseSeverity(severity) ?? 'Unknown',
    }),
  );
  return {
    key: name,
    name,
    description: descriptionOf(metadata, packages),
    issued: issuedOf(advisory),
    links: linksOf(name, metadata),
    aliases: [],
    upstream: [],
    ...(vectors.length > 0 && { cvss: vectors }),
    affected,
  };
}

function cveOf(metadata: XmlElement | undefined): string | undefined {
  const references = childElements(metadata, 'reference').filter(
    (reference) => attributeText(reference, 'source') === 'CVE',
  );
  const [title = ''] = childText(metadata, 'title').split(/\s/, 1);
  return [...references.map((reference) => attributeText(reference, 'ref_id')), title].find((id) => CVE.test(id));
}

/** The description, and for fixes that only subscribers get, where they are: no row can say it. */
function descriptionOf(metadata: XmlElement | undefined, packages: readonly PackageStatements[]): string {
  const said = childText(metadata, 'description').replace(INSTRUCTIONS, '').trim();
  const pro = packages.filter(isProOnly).map(({ source, pro: fix }) => `${source} ${fix?.version} (${fix?.pocket})`);
  const notice = pro.length === 0 ? [] : [`Fixed with an Ubuntu Pro subscription only: ${pro.join(', ')}.`];
  return [...(said === '' ? [] : [said]), ...notice].join('\n\n');
}

function issuedOf(advisory: XmlElement | undefined): string {
  const [, day, time = '00:00:00'] = DATE.exec(childText(advisory, 'public_date')) ?? [];
  return day === undefined ? '' : `${day}T${time}Z`;
}

/** Scores as Canonical passes them on. What is no vector of version 3 or 4 is left out: the priority is what counts. */
function vectorsOf(advisory: XmlElement | undefined): string[] {
  const vectors = childElements(advisory, 'cve').map((cve) => attributeText(cve, 'cvss_vector').trim());
  return [...new Set(vectors)].filter((vector) => CVSS_VECTOR.test(vector));
}

/** Canonical's page first, then its notices, then what else is referred to. */
function linksOf(name: string, metadata: XmlElement | undefined): string[] {
  const advisory = childElement(metadata, 'advisory');
  const usns = childElements(advisory, 'cve').flatMap((cve) => attributeText(cve, 'usns').split(',').filter(Boolean));
  const texts = ['ref', 'bug'].flatMap((kind) => childElements(advisory, kind).map(({ text }) => text.trim()));
  const references = childElements(metadata, 'reference').map((reference) => attributeText(reference, 'ref_url'));
  const links = [
    `https://ubuntu.com/security/${name}`,
    ...usns.map((usn) => `https://ubuntu.com/security/notices/${usn.startsWith('USN-') ? usn : `USN-${usn.trim()}`}`),
    ...references,
    ...texts,
  ];
  return [...new Set(links)].filter((link) => HTTP_URL.test(link)).slice(0, LINKS_MAX);
}
