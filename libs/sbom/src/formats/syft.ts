import { err, ok } from '@clair/model';
import {
  COMPONENTS_MAX,
  type PackageFacts,
  type SbomComponent,
  type SbomDocument,
  type StatedDistribution,
  TOO_MANY,
} from '../component.ts';
import { isJsonObject, type JsonObject, listAt, objectAt, textAt } from '../json.ts';
import type { SbomFormat } from '../sbom-format.ts';

/** Syft's own format, every schema so far. @see https://github.com/anchore/syft/tree/main/schema/json */
export const syft: SbomFormat = {
  id: 'syft',
  title: 'Syft JSON ("artifacts" and "descriptor")',
  isFormatOf: (document) => document.artifacts !== undefined && isJsonObject(document.descriptor),
  read(document) {
    if (!Array.isArray(document.artifacts)) return err('Syft: /artifacts is not a list');
    if (listAt(document, 'artifacts').length > COMPONENTS_MAX) return err(TOO_MANY);
    return ok(readDocument(document));
  },
};

function readDocument(document: JsonObject): SbomDocument {
  const components: SbomComponent[] = [];
  const unreadable: { at: string; reason: string }[] = [];
  for (const [index, value] of listAt(document, 'artifacts').entries()) {
    const at = `/artifacts/${index}`;
    if (isJsonObject(value)) components.push(componentOf(value, at));
    else unreadable.push({ at, reason: 'not an artifact' });
  }
  const descriptor = objectAt(document, 'descriptor');
  return {
    tool: `${textAt(descriptor, 'name')} ${textAt(descriptor, 'version')}`.trim(),
    distributions: distributionsOf(objectAt(document, 'distro')),
    components,
    unreadable,
  };
}

function componentOf(artifact: JsonObject, at: string): SbomComponent {
  return {
    ref: textAt(artifact, 'id') || at,
    name: textAt(artifact, 'name'),
    version: textAt(artifact, 'version'),
    purl: textAt(artifact, 'purl'),
    facts: factsOf(objectAt(artifact, 'metadata')),
  };
}

function factsOf(metadata: JsonObject): PackageFacts {
  return {
    epoch: textAt(metadata, 'epoch'),
    arch: textAt(metadata, 'architecture') || textAt(metadata, 'arch'),
    module: textAt(metadata, 'modularityLabel'),
    source: {
      name: textAt(metadata, 'source') || textAt(metadata, 'originPackage'),
      version: textAt(metadata, 'sourceVersion'),
    },
    sourceRpm: textAt(metadata, 'sourceRpm'),
  };
}

/** Before schema 3 the id was called `name`, and the version `version`. */
function distributionsOf(distro: JsonObject): readonly StatedDistribution[] {
  const id = textAt(distro, 'id') || textAt(distro, 'name');
  if (id === '') return [];
  return [
    {
      id,
      version: textAt(distro, 'versionID') || (distro.id === undefined ? textAt(distro, 'version') : ''),
      codeName: textAt(distro, 'versionCodename'),
      prettyName: textAt(distro, 'prettyName'),
    },
  ];
}
