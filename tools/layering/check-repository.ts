import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkFile, type Violation } from './check-file.ts';
import { LAYERS, MAY_IMPORT, SCRIPT_FOLDERS, tagOf } from './layers.ts';
import { readWorkspace, type Workspace } from './workspace.ts';

export interface RepositoryReport {
  readonly files: number;
  readonly violations: readonly Violation[];
}

/** Checks every source file, and every `package.json`, of the repository at `root`. */
export function checkRepository(root: string): RepositoryReport {
  const workspace = readWorkspace(root);
  const patterns = [
    '{libs,apps}/*/src/**/*.ts',
    '{libs,apps}/*/test/**/*.ts',
    ...SCRIPT_FOLDERS.map((one) => `${one}/**/*.ts`),
  ];
  const paths = globSync(patterns, { cwd: root, exclude: (name) => name.includes('node_modules') })
    .map((path) => path.replaceAll('\\', '/'))
    .toSorted();
  const violations = paths.flatMap((path) =>
    checkFile({ path, source: readFileSync(join(root, path), 'utf8') }, workspace),
  );
  return { files: paths.length, violations: [...checkManifests(workspace), ...violations] };
}

/** The same rules, for what a `package.json` promises to use; pure. */
export function checkManifests(workspace: Workspace): Violation[] {
  return workspace.packages.flatMap((owner) => {
    const file = `${owner.folder}/package.json`;
    const layer = LAYERS[owner.folder];
    if (layer === undefined) return [{ file, line: 1, what: 'is not in tools/layering/layers.ts', rule: 'layer' }];
    const wrongTag = owner.tags.includes(tagOf(layer)) ? [] : [`has not the nx tag ${tagOf(layer)}`];
    const ours = workspace.packages.filter((one) => owner.dependencies.includes(one.name));
    const wrongArrows = ours
      .filter((one) => !MAY_IMPORT[owner.folder]?.includes(one.folder))
      .map((one) => `${owner.folder} (${layer}) must not depend on ${one.folder}`);
    return [...wrongTag, ...wrongArrows].map((what): Violation => ({ file, line: 1, what, rule: 'layer' }));
  });
}
