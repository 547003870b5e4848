import { NO_FACTS, type PackageFacts } from '../component.ts';
import { isJsonObject, type JsonObject, listAt, textAt } from '../json.ts';

/** The first value of each name. */
export type ComponentProperties = ReadonlyMap<string, string>;

/** `properties` of a component: `[{name, value}]`. */
export function readProperties(component: JsonObject): ComponentProperties {
  const properties = new Map<string, string>();
  for (const property of listAt(component, 'properties')) {
    if (!isJsonObject(property)) continue;
    const name = textAt(property, 'name');
    if (!properties.has(name)) properties.set(name, textAt(property, 'value'));
  }
  return properties;
}

/** What Trivy and Syft say of a package in properties. */
export function factsOf(properties: ComponentProperties): PackageFacts {
  if (properties.size === 0) return NO_FACTS;
  const trivy = (name: string) => properties.get(`aquasecurity:trivy:${name}`) ?? '';
  const syft = (name: string) => properties.get(`syft:metadata:${name}`) ?? '';
  return {
    epoch: syft('epoch'),
    arch: syft('architecture'),
    module: trivy('Modularitylabel') || syft('modularityLabel'),
    source: {
      name: trivy('SrcName') || syft('source') || syft('originPackage'),
      version: trivySourceVersion(trivy('SrcVersion'), trivy('SrcRelease'), trivy('SrcEpoch')) || syft('sourceVersion'),
    },
    sourceRpm: syft('sourceRpm'),
  };
}

/** Newer ones say epoch, version and release apart; older ones all of it as version. */
function trivySourceVersion(version: string, release: string, epoch: string): string {
  if (version === '') return '';
  const prefix = epoch === '' || epoch === '0' || version.startsWith(`${epoch}:`) ? '' : `${epoch}:`;
  return `${prefix}${version}${release === '' ? '' : `-${release}`}`;
}
