import type { Package } from '@clair/model';
import { readSbom } from '@clair/sbom';
import { dataSetLines } from '../accuracy/data-set.ts';

interface Recorded {
  readonly purls: readonly string[];
}

/** The packages of real images, as far as advisories can be asked about them; images with none are left out. */
export function realInventories(): readonly (readonly Package[])[] {
  const inventories: Package[][] = [];
  for (const { purls } of dataSetLines<Recorded>('inventories')) {
    const components = purls.map((purl) => ({ type: 'library', name: purl, purl }));
    const read = readSbom({ bomFormat: 'CycloneDX', specVersion: '1.5', components });
    if (!read.ok) throw new Error(read.error);
    const packages = read.value.inventory.packages.map(({ locations: _, ...found }) => found);
    if (packages.length > 0) inventories.push(packages);
  }
  return inventories;
}
