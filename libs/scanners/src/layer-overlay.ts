import type { FileFindings, FileProblem, LayerReport } from '@clair/model';
import { quoted } from './plain-text.ts';
import type { Scanner } from './scanner.ts';

/** A layer in its place in an image. */
export interface InventoryLayer {
  readonly digest: string;
  readonly report: LayerReport;
}

/** What scanners read at one path, which the layer `layer` put there. */
export interface OverlayFile {
  /** Digest of the layer whose file it is. */
  readonly layer: string;
  readonly findings: readonly FileFindings[];
  readonly problems: readonly FileProblem[];
  /** By {@link sinceKey}: the digest of the layer since which the package has been at this path. */
  readonly since: ReadonlyMap<string, string>;
}

/** The wanted files of an image, by path, as they are after some of its layers. */
export type Overlay = ReadonlyMap<string, OverlayFile>;

interface Held {
  readonly findings: FileFindings[];
  readonly problems: FileProblem[];
}

/**
 * The overlay after one more layer: what the layer hides is gone, what it holds is there. `below` is not changed.
 * `scanners` say who wants the path of a hard link to a lower layer.
 */
export function overlaid(below: Overlay, layer: InventoryLayer, scanners: readonly Scanner[]): Overlay {
  const { digest, report } = layer;
  const above = new Map<string, OverlayFile>();
  const isHidden = hiding(report);
  for (const [path, file] of below) if (!isHidden(path)) above.set(path, file);
  for (const [path, held] of heldBy(report, linkReader(below, scanners))) {
    above.set(path, { layer: digest, ...held, since: sinceOf(held.findings, digest, below.get(path)) });
  }
  return above;
}

/** What makes a package the same one from layer to layer, at one path. */
export function sinceKey(pkg: { readonly name: string; readonly version: string; readonly arch: string }): string {
  return [pkg.name, pkg.version, pkg.arch].join('\u0000');
}

/** Whether the layer takes a path of the layers below away: it, or a directory above it, is removed, replaced or opaque. */
function hiding(report: LayerReport): (path: string) => boolean {
  const gone = new Set([...report.whiteouts, ...report.replaced]);
  const opaques = new Set(report.opaques);
  const directories = new Set(report.directories);
  const isOpaqueRoot = opaques.has('');
  return (path) => {
    if (gone.has(path) || directories.has(path) || isOpaqueRoot) return path !== '';
    for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
      const ancestor = path.slice(0, slash);
      if (gone.has(ancestor) || opaques.has(ancestor)) return true;
    }
    return false;
  };
}

function heldBy(report: LayerReport, readLink: (path: string, target: string) => Held): ReadonlyMap<string, Held> {
  const held = new Map<string, Held>();
  const at = (path: string): Held => {
    const known = held.get(path) ?? { findings: [], problems: [] };
    held.set(path, known);
    return known;
  };
  for (const findings of report.files) at(findings.path).findings.push(findings);
  for (const problem of report.problems) at(problem.path).problems.push(problem);
  for (const { path, target } of report.links) {
    const linked = readLink(path, target);
    at(path).findings.push(...linked.findings);
    at(path).problems.push(...linked.problems);
  }
  return held;
}

/**
 * A link shares the content that its target had below this layer, even when this layer then hides the target. The bytes
 * are gone, so it holds what the scanners that want the link read at the target, or nobody knows what.
 */
function linkReader(below: Overlay, scanners: readonly Scanner[]): (path: string, target: string) => Held {
  return (path, target) => {
    const held: Held = { findings: [], problems: [] };
    const file = below.get(target);
    for (const { id, wantsContent } of scanners.filter((scanner) => scanner.wants(path))) {
      const isOfScanner = ({ scanner }: { readonly scanner: string }): boolean => scanner === id;
      const findings = file?.findings.filter(isOfScanner) ?? [];
      const problems = file?.problems.filter(isOfScanner) ?? [];
      held.findings.push(...findings.map((one) => ({ ...one, path })));
      held.problems.push(...problems.map((one) => ({ ...one, path })));
      // Who looks into files has looked into that one, if it was worth it.
      if (findings.length + problems.length > 0 || wantsContent !== undefined) continue;
      const reason = `a hard link to ${quoted(target)}, which this scanner read in no lower layer`;
      held.problems.push({ scanner: id, path, kind: 'incomplete', reason });
    }
    return held;
  };
}

function sinceOf(
  findings: readonly FileFindings[],
  digest: string,
  before: OverlayFile | undefined,
): ReadonlyMap<string, string> {
  const since = new Map<string, string>();
  for (const { packages } of findings) {
    for (const pkg of packages) {
      const key = sinceKey(pkg);
      since.set(key, before?.since.get(key) ?? digest);
    }
  }
  return since;
}
