import { isJsonObject, type JsonObject } from '../../json-document.ts';
import { objectOf, textOf } from '../../language/text-field.ts';

const PRODUCTION = ['dependencies', 'optionalDependencies'] as const;

/**
 * The keys of `packages` that the projects of a lock file of version 9 need when they run: what their dependencies lead to, those for
 * development left out. Keys of `snapshots` are those of `packages` with the peers behind them: `a@1.0.0(b@2.0.0)`.
 */
export function productionSnapshots(document: JsonObject): ReadonlySet<string> {
  const snapshots = objectOf(document, 'snapshots');
  const open: string[] = [];
  for (const importer of Object.values(objectOf(document, 'importers'))) {
    if (!isJsonObject(importer)) continue;
    for (const kind of PRODUCTION) {
      for (const [name, dependency] of Object.entries(objectOf(importer, kind))) {
        if (isJsonObject(dependency)) open.push(keyOf(name, textOf(dependency, 'version')));
      }
    }
  }
  const seen = new Set<string>();
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    if (seen.has(key)) continue;
    seen.add(key);
    const snapshot = objectOf(snapshots, key);
    for (const kind of PRODUCTION) {
      for (const [name, version] of Object.entries(objectOf(snapshot, kind))) {
        if (typeof version === 'string') open.push(keyOf(name, version));
      }
    }
  }
  return new Set([...seen].map((key) => key.replace(/\(.*$/, '')));
}

/** A dependency under another name says its own: `b: a@1.0.0`. */
function keyOf(name: string, version: string): string {
  return /^[@a-z].*@/i.test(version.replace(/\(.*$/, '')) ? version : `${name}@${version}`;
}
