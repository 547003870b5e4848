import { err, ok, type Result } from '@clair/model';
import {
  COMPONENTS_MAX,
  type SbomComponent,
  type SbomDocument,
  type StatedDistribution,
  TOO_MANY,
} from '../component.ts';
import { isJsonObject, type JsonObject, listAt, objectAt, textAt } from '../json.ts';
import { isOfPackageManager } from '../package-url.ts';
import type { SbomFormat } from '../sbom-format.ts';
import { type ComponentProperties, factsOf, readProperties } from './cyclonedx-properties.ts';

/** Kinds of components that are installed software. What else there is describes the image, or is data. */
const SOFTWARE: ReadonlySet<string> = new Set(['application', 'framework', 'library', 'platform', '']);

/** Tools nest two or three deep: a package in a package in an image. */
const DEPTH_MAX = 50;

/** Versions 1.2 to 1.7. @see https://cyclonedx.org/docs/1.7/json/ */
export const cyclonedx: SbomFormat = {
  id: 'cyclonedx',
  title: 'CycloneDX JSON ("bomFormat": "CycloneDX")',
  isFormatOf: (document) => document.bomFormat === 'CycloneDX',
  read(document) {
    const { components } = document;
    if (components !== undefined && !Array.isArray(components)) return err('CycloneDX: /components is not a list');
    return readDocument(document);
  },
};

function readDocument(document: JsonObject): Result<SbomDocument, string> {
  const metadata = objectAt(document, 'metadata');
  const components: SbomComponent[] = [];
  const distributions: StatedDistribution[] = [];
  const unreadable: { at: string; reason: string }[] = [];
  const root = objectAt(metadata, 'component');
  // What the document is about is a component of its own only where it is a package: a tool described just that.
  if (isOfPackageManager(textAt(root, 'purl'))) components.push(componentOf(root, '/metadata/component'));
  for (const { at, value, depth } of everyComponent(document)) {
    if (components.length + unreadable.length + distributions.length >= COMPONENTS_MAX) return err(TOO_MANY);
    if (!isJsonObject(value) || depth > DEPTH_MAX) {
      unreadable.push({
        at,
        reason: isJsonObject(value) ? `inside of more than ${DEPTH_MAX} others` : 'not a component',
      });
      continue;
    }
    const type = textAt(value, 'type');
    if (type === 'operating-system') distributions.push(distributionOf(value));
    else if (SOFTWARE.has(type) && !isListing(value)) components.push(componentOf(value, at));
  }
  return ok({ tool: toolOf(metadata), distributions, components, unreadable });
}

interface Nested {
  readonly at: string;
  readonly value: unknown;
  readonly depth: number;
}

/** Components may hold components: in the order of the document, those too deep without what they hold. */
function* everyComponent(document: JsonObject): Generator<Nested> {
  const root = objectAt(objectAt(document, 'metadata'), 'component');
  yield* componentsIn(root, { at: '/metadata/component', depth: 0 });
  yield* componentsIn(document, { at: '', depth: 0 });
}

function* componentsIn(owner: JsonObject, place: Pick<Nested, 'at' | 'depth'>): Generator<Nested> {
  for (const [index, value] of listAt(owner, 'components').entries()) {
    const depth = place.depth + 1;
    const nested = { at: `${place.at}/components/${index}`, value, depth };
    yield nested;
    if (isJsonObject(value) && depth <= DEPTH_MAX) yield* componentsIn(value, nested);
  }
}

/** Trivy writes the file that lists the packages of a language (`package-lock.json`) as if it were an application. */
function isListing(component: JsonObject): boolean {
  return textAt(component, 'purl') === '' && readProperties(component).has('aquasecurity:trivy:Class');
}

function componentOf(component: JsonObject, at: string): SbomComponent {
  return {
    ref: textAt(component, 'bom-ref') || at,
    name: textAt(component, 'name'),
    version: textAt(component, 'version'),
    purl: textAt(component, 'purl'),
    facts: factsOf(readProperties(component)),
  };
}

/** Syft and Trivy name the component as the distribution's id; Syft says it in properties as well. */
function distributionOf(component: JsonObject): StatedDistribution {
  const properties: ComponentProperties = readProperties(component);
  return {
    id: properties.get('syft:distro:id') ?? textAt(component, 'name'),
    version: properties.get('syft:distro:versionID') ?? textAt(component, 'version'),
    codeName: properties.get('syft:distro:versionCodename') ?? '',
    prettyName: properties.get('syft:distro:prettyName') ?? '',
  };
}

/** Up to 1.4 a list of tools, since 1.5 an object of components. */
function toolOf(metadata: JsonObject): string {
  const { tools } = metadata;
  const all = Array.isArray(tools) ? tools : isJsonObject(tools) ? listAt(tools, 'components') : [];
  const first = all.find(isJsonObject);
  return first === undefined ? '' : `${textAt(first, 'name')} ${textAt(first, 'version')}`.trim();
}
