import { type InventoryPackage, ok, type Package, type PackageLocation, type Result } from '@clair/model';
import type {
  InventoryPackage as WireInventoryPackage,
  Package as WirePackage,
  PackageLocation as WirePackageLocation,
} from './generated/clair/common/v1/common.ts';
import { malformed, type WireError, within } from './wire-error.ts';

/** Total: every package has a message. Fields of a richer type (an `InventoryPackage`) are left out. */
export function packageToWire(pkg: Package): WirePackage {
  return {
    name: pkg.name,
    version: pkg.version,
    type: pkg.type,
    scheme: pkg.scheme,
    namespace: pkg.namespace,
    arch: pkg.arch,
    module: pkg.module,
    source: { name: pkg.source.name, version: pkg.source.version },
    cpes: [...pkg.cpes],
    owner: pkg.owner,
  };
}

/**
 * A package needs a name, a type, a scheme and a source. The scheme's and the version's text are not judged here: what
 * does not compare is undecidable, and stays visible.
 */
export function packageFromWire(message: WirePackage): Result<Package, WireError> {
  if (message.name === '') return malformed('name', 'must not be empty');
  if (message.type === '') return malformed('type', 'must not be empty');
  if (message.scheme === '') return malformed('scheme', 'must not be empty');
  if (message.source === undefined) return malformed('source', 'is missing');
  if (message.source.name === '') return malformed('source.name', 'must not be empty');
  return ok({
    name: message.name,
    version: message.version,
    type: message.type,
    scheme: message.scheme,
    namespace: message.namespace,
    arch: message.arch,
    module: message.module,
    source: { name: message.source.name, version: message.source.version },
    cpes: [...message.cpes],
    owner: message.owner,
  });
}

export function locationToWire(location: PackageLocation): WirePackageLocation {
  return { path: location.path, introducedIn: location.introducedIn, layer: location.layer };
}

/** Total: a location is three texts, and none of them is looked into. */
export function locationFromWire(message: WirePackageLocation): PackageLocation {
  return { path: message.path, introducedIn: message.introducedIn, layer: message.layer };
}

export function inventoryPackageToWire(pkg: InventoryPackage): WireInventoryPackage {
  return { package: packageToWire(pkg), locations: pkg.locations.map(locationToWire) };
}

export function inventoryPackageFromWire(message: WireInventoryPackage): Result<InventoryPackage, WireError> {
  if (message.package === undefined) return malformed('package', 'is missing');
  const pkg = within('package', packageFromWire(message.package));
  if (!pkg.ok) return pkg;
  return ok({ ...pkg.value, locations: message.locations.map(locationFromWire) });
}
