import type { Overlay, OverlayFile } from './layer-overlay.ts';
import type { Scanner } from './scanner.ts';

/**
 * The overlay without lock files beside the packages that were installed by them: what is installed counts, not what was planned (a
 * package that was removed since, one for another platform). A lock file without such packages stays: they may have been bundled.
 */
export function withoutPlans(overlay: Overlay, scanners: readonly Scanner[]): Overlay {
  const planning = scanners.filter(({ installs }) => installs !== undefined);
  const projects = new Map(planning.map((scanner) => [scanner.id, installedProjects(overlay, scanner)]));
  const kept = [...overlay].map(([path, file]): [string, OverlayFile] => {
    const plans = new Set([...projects].filter(([, folders]) => folders.has(folderOf(path))).map(([id]) => id));
    if (plans.size === 0) return [path, file];
    const isKept = ({ scanner }: { readonly scanner: string }) => !plans.has(scanner);
    return [path, { ...file, findings: file.findings.filter(isKept), problems: file.problems.filter(isKept) }];
  });
  return new Map(kept);
}

/** The folders that hold a folder of installed packages, in which some were found. */
function installedProjects(overlay: Overlay, { installs }: Scanner): ReadonlySet<string> {
  const projects = new Set<string>();
  if (installs === undefined) return projects;
  const inside = `/${installs.folder}/`;
  for (const [path, { findings }] of overlay) {
    if (!findings.some(({ scanner }) => scanner === installs.scanner)) continue;
    const rooted = `/${path}`;
    for (let at = rooted.indexOf(inside); at >= 0; at = rooted.indexOf(inside, at + 1))
      projects.add(rooted.slice(1, at));
  }
  return projects;
}

function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}
