/**
 * Directories that hold what was installed, or fetched to be installed: a lock file in one of them is that of a dependency, which says
 * what its developers used, not what is in the image.
 */
const DIRECTORIES: readonly string[] = [
  'node_modules',
  'bower_components',
  'vendor',
  'site-packages',
  'dist-packages',
  'gems',
  'testdata',
  '.cache',
  '.cargo',
  '.npm',
  '.yarn',
  '.bundle',
  '.nuget',
  '.composer',
  'pkg/mod',
];

/** Whether the path lies in a directory of installed or fetched dependencies. */
export function isInDependency(path: string): boolean {
  return DIRECTORIES.some((name) => path.startsWith(`${name}/`) || path.includes(`/${name}/`));
}

/** Whether the path is a lock file of that name, of an application. */
export function isLockFile(path: string, name: string): boolean {
  return path.endsWith(name) && (path.length === name.length || path.endsWith(`/${name}`)) && !isInDependency(path);
}
