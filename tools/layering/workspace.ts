import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What the import rules need to know of a package. */
export interface WorkspacePackage {
  /** From the root of the repository: `libs/model`. */
  readonly folder: string;
  readonly name: string;
  readonly dependencies: readonly string[];
  readonly devDependencies: readonly string[];
  /** The keys of `exports`: `.` is the package's index. */
  readonly doors: readonly string[];
  readonly tags: readonly string[];
}

export interface Workspace {
  readonly packages: readonly WorkspacePackage[];
  /** Of the `package.json` at the top: what scripts and test code may use. */
  readonly rootDependencies: readonly string[];
}

/** Reads the `package.json` files of the repository at `root`. */
export function readWorkspace(root: string): Workspace {
  const manifests = globSync('{libs,apps}/*/package.json', { cwd: root }).toSorted();
  const top = readManifest(join(root, 'package.json'));
  return {
    packages: manifests.map((file) => toPackage(dirname(file).replaceAll('\\', '/'), readManifest(join(root, file)))),
    rootDependencies: [...keysOf(top.dependencies), ...keysOf(top.devDependencies)],
  };
}

function toPackage(folder: string, manifest: Readonly<Record<string, unknown>>): WorkspacePackage {
  const nx = asRecord(manifest.nx);
  return {
    folder,
    name: String(manifest.name),
    dependencies: [...keysOf(manifest.dependencies), ...keysOf(manifest.optionalDependencies)],
    devDependencies: keysOf(manifest.devDependencies),
    doors: keysOf(manifest.exports),
    tags: Array.isArray(nx.tags) ? nx.tags.map(String) : [],
  };
}

function readManifest(path: string): Readonly<Record<string, unknown>> {
  return asRecord(JSON.parse(readFileSync(path, 'utf8')));
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

function keysOf(value: unknown): string[] {
  return Object.keys(asRecord(value));
}
