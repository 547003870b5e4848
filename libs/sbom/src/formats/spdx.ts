import { err, ok, type Result } from '@clair/model';
import {
  COMPONENTS_MAX,
  NO_FACTS,
  type PackageFacts,
  type SbomComponent,
  type SbomDocument,
  type StatedDistribution,
  TOO_MANY,
} from '../component.ts';
import { isJsonObject, type JsonObject, listAt, objectAt, textAt } from '../json.ts';
import { isOfPackageManager } from '../package-url.ts';
import type { SbomFormat } from '../sbom-format.ts';

/** What `primaryPackagePurpose` (2.3) calls something that is not installed software. */
const DESCRIPTIVE: ReadonlySet<string> = new Set(['CONTAINER', 'FILE', 'OPERATING-SYSTEM', 'OPERATING_SYSTEM']);

/**
 * Trivy and Syft say by the id what an entry is: an image, a directory, or (`Application`) the file that lists the
 * packages of a language.
 */
const DESCRIPTIVE_ID = /^SPDXRef-(?:Application|ContainerImage|Filesystem|Repository|DocumentRoot|OperatingSystem)-/;
const OPERATING_SYSTEM_ID = /^SPDXRef-OperatingSystem-/;

/** Versions 2.2 and 2.3. @see https://spdx.github.io/spdx-spec/v2.3/ */
export const spdx: SbomFormat = {
  id: 'spdx',
  title: 'SPDX 2 JSON ("spdxVersion": "SPDX-2.3")',
  isFormatOf: (document) => typeof document.spdxVersion === 'string' || isSpdx3(document),
  read(document): Result<SbomDocument, string> {
    if (isSpdx3(document)) return err('SPDX 3 is not read by this version; use SPDX 2.3');
    const version = textAt(document, 'spdxVersion');
    if (!/^SPDX-2\.\d+$/.test(version)) return err(`SPDX: /spdxVersion is not SPDX-2.2 or SPDX-2.3`);
    if (document.packages !== undefined && !Array.isArray(document.packages))
      return err('SPDX: /packages is not a list');
    if (listAt(document, 'packages').length > COMPONENTS_MAX) return err(TOO_MANY);
    return ok(readDocument(document));
  },
};

/** JSON-LD. @see https://spdx.github.io/spdx-spec/v3.0.1/serializations/ */
function isSpdx3(document: JsonObject): boolean {
  return /^https:\/\/spdx\.(?:org|github\.io)\//.test(textAt(document, '@context'));
}

function readDocument(document: JsonObject): SbomDocument {
  const root = describedRoot(document);
  const components: SbomComponent[] = [];
  const distributions: StatedDistribution[] = [];
  const unreadable: { at: string; reason: string }[] = [];
  for (const [index, value] of listAt(document, 'packages').entries()) {
    const at = `/packages/${index}`;
    if (!isJsonObject(value)) {
      unreadable.push({ at, reason: 'not a package' });
      continue;
    }
    const component = componentOf(value, at);
    if (isOperatingSystem(value)) distributions.push(distributionOf(component));
    else if (isSoftware(value, component, root)) components.push(component);
  }
  return { tool: toolOf(document), distributions, components, unreadable };
}

/** The one package that the document is about; empty when it is about several: then it is a list of them. */
function describedRoot(document: JsonObject): string {
  const described = new Set<unknown>(listAt(document, 'documentDescribes'));
  for (const relationship of listAt(document, 'relationships')) {
    if (!isJsonObject(relationship) || relationship.relationshipType !== 'DESCRIBES') continue;
    if (relationship.spdxElementId === 'SPDXRef-DOCUMENT') described.add(relationship.relatedSpdxElement);
  }
  const [only] = described;
  return described.size === 1 && typeof only === 'string' ? only : '';
}

function isOperatingSystem(entry: JsonObject): boolean {
  return (
    /^OPERATING[-_]SYSTEM$/.test(textAt(entry, 'primaryPackagePurpose')) ||
    OPERATING_SYSTEM_ID.test(textAt(entry, 'SPDXID'))
  );
}

function isSoftware(entry: JsonObject, component: SbomComponent, root: string): boolean {
  if (isOfPackageManager(component.purl)) return true;
  if (component.ref === root || DESCRIPTIVE.has(textAt(entry, 'primaryPackagePurpose'))) return false;
  return component.purl !== '' || !DESCRIPTIVE_ID.test(component.ref);
}

function componentOf(entry: JsonObject, at: string): SbomComponent {
  return {
    ref: textAt(entry, 'SPDXID') || at,
    name: textAt(entry, 'name'),
    version: stated(textAt(entry, 'versionInfo')),
    purl: packageUrlOf(entry),
    facts: factsOf(textAt(entry, 'sourceInfo')),
  };
}

/** The first of a package manager where there are several: some tools list a guess for each. */
function packageUrlOf(entry: JsonObject): string {
  const purls = listAt(entry, 'externalRefs')
    .filter(isJsonObject)
    .filter((reference) => textAt(reference, 'referenceType').replace(/^.*\//, '') === 'purl')
    .map((reference) => textAt(reference, 'referenceLocator'));
  return purls.find(isOfPackageManager) ?? purls[0] ?? '';
}

/** Trivy's `built package from: openssl 1:1.1.1k-7.el8_6`. */
function factsOf(sourceInfo: string): PackageFacts {
  const [, name, version] = /^built package from: (\S+) (\S+)$/.exec(sourceInfo) ?? [];
  return name === undefined || version === undefined ? NO_FACTS : { ...NO_FACTS, source: { name, version } };
}

function distributionOf({ name, version }: SbomComponent): StatedDistribution {
  return { id: name, version, codeName: '', prettyName: '' };
}

/** The first of the tools that had a hand in it: `Tool: syft-1.42.2`. */
function toolOf(document: JsonObject): string {
  const creators = listAt(objectAt(document, 'creationInfo'), 'creators');
  const tool = creators.find((creator) => typeof creator === 'string' && creator.startsWith('Tool:'));
  return typeof tool === 'string'
    ? tool
        .slice('Tool:'.length)
        .trim()
        .replace(/-(?=v?\d)/, ' ')
    : '';
}

/** Not said, in SPDX's words. */
function stated(text: string): string {
  return text === 'NOASSERTION' || text === 'NONE' ? '' : text;
}
