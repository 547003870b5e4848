import type { FileProblem, ScannedPackage } from '@clair/model';
import { createRandom } from '@clair/testing';
import { describe, expect, it } from 'vitest';

import { resolveInventory } from './resolve-inventory.ts';
import { allPaths, at, type Folder, flattened, type Node } from './testing/flatten.ts';
import {
  apkInstalled,
  big,
  directory,
  distrolessStatus,
  dpkgStatus,
  file,
  hardlink,
  NAMED_SCANNERS,
  osReleaseText,
  other,
  stacked,
  type TarEntry,
} from './testing/layer-dsl.ts';
import { textFile } from './testing/scanned-file.ts';

/**
 * The law: the inventory of a stack of layers is what a scan of the flattened file system gives. The flattening here
 * keeps the whole tree with all contents and merges tree with tree; the code under test keeps a few paths and merges
 * sets of paths. They share the scanners' `wants` and `read`, and nothing else.
 */
const STACKS = 3000;

const WANTED = [
  'var/lib/dpkg/status',
  'dpkg/status',
  'jail/var/lib/dpkg/status',
  'var/lib/dpkg/status.d/base',
  'var/lib/dpkg/status.d/tzdata',
  'lib/apk/db/installed',
  'usr/lib/apk/db/installed',
  'etc/os-release',
  'usr/lib/os-release',
  'etc/debian_version',
];
const UNWANTED = [
  'var/lib/dpkg/status-old',
  'etc/passwd',
  'usr/lib/blob',
  'jail/a',
  'var/lib/dpkg/status.d/base.md5sums',
];
const DEEPER = ['var/lib/dpkg/status/dpkg/status', 'dpkg/status/x', 'etc/os-release/x'];

function ancestorsOf(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}

const FOLDERS = [...new Set([...WANTED, ...UNWANTED].flatMap(ancestorsOf))];
const ANYWHERE = [...WANTED, ...UNWANTED, ...DEEPER, ...FOLDERS];

function randomStack(seed: number): TarEntry[][] {
  const { int, pick } = createRandom(seed);
  const next = (below: number): number => int(0, below - 1);
  const text = (path: string): string => {
    const names = ['a', 'b', 'c'].filter(() => next(2) === 0).map((name) => `${name}=${next(2)}`);
    if (path.endsWith('debian_version')) return `${11 + next(2)}.1\n`;
    if (path.endsWith('os-release'))
      return osReleaseText(pick(['debian', 'alpine', 'other']), pick(['12', '3.20.1', '']));
    if (path.endsWith('installed')) return apkInstalled(...names);
    return path.includes('status.d/') ? distrolessStatus(`${pick(['a', 'b'])}=${next(2)}`) : dpkgStatus(...names);
  };
  const whiteout = (path: string): string => {
    const slash = path.lastIndexOf('/') + 1;
    return `${path.slice(0, slash)}.wh.${path.slice(slash)}`;
  };
  const entry = (): TarEntry => {
    const roll = next(100);
    if (roll < 42) {
      const path = pick(WANTED);
      return file(path, text(path));
    }
    if (roll < 48) {
      // Text that a scanner can read if a hard link makes it a database.
      return file(pick(UNWANTED), dpkgStatus(`u=${next(3)}`));
    }
    if (roll < 51) return big(pick(WANTED));
    if (roll < 54) return file(pick([...FOLDERS, ...DEEPER]), dpkgStatus('d=1'));
    if (roll < 60) return directory(pick([...FOLDERS, ...DEEPER, ...WANTED]));
    if (roll < 65) return other(pick(ANYWHERE));
    if (roll < 75) return hardlink(pick([...WANTED, ...WANTED, ...UNWANTED]), pick([...WANTED, ...UNWANTED]));
    if (roll < 90) return file(whiteout(pick(ANYWHERE)));
    const folder = pick(['', ...FOLDERS]);
    return file(folder === '' ? '.wh..wh..opq' : `${folder}/.wh..wh..opq`);
  };
  return Array.from({ length: 1 + next(5) }, () => Array.from({ length: 1 + next(7) }, entry));
}

interface Expected {
  readonly packages: string[];
  readonly problems: string[];
}

function scanOf(path: string, node: Node): { packages: readonly ScannedPackage[]; namespace: string; did: string } {
  const nothing = { packages: [], namespace: '', did: '' };
  if (node.kind !== 'regular' || node.content === 'unknown') return nothing;
  const { text, readAt = path } = node.content;
  if (text === 'too-large') return nothing;
  const scanner = NAMED_SCANNERS.find((one) => one.wants(path));
  const outcome = scanner?.read(textFile(readAt, text));
  if (outcome?.ok !== true) return nothing;
  const { packages, distribution } = outcome.value;
  return { packages, namespace: distribution?.namespace ?? '', did: distribution?.did ?? '' };
}

function effectiveNamespace(root: Folder): { namespace: string; type: string } {
  const scans = ['etc/os-release', 'usr/lib/os-release', 'etc/debian_version'].map((path) =>
    scanOf(path, at(root, path) ?? { kind: 'special' }),
  );
  const did = scans.find((scan) => scan.did !== '')?.did ?? '';
  const namespace = scans.find((scan) => scan.did === did && scan.namespace !== '')?.namespace ?? '';
  return { namespace, type: did === 'debian' ? 'deb' : 'apk' };
}

function identity(path: string, pkg: ScannedPackage): string {
  return [path, pkg.type, pkg.name, pkg.version, pkg.arch].join(' ');
}

function expectedOf(stack: readonly (readonly TarEntry[])[]): Expected {
  const roots = flattened(stack);
  const present = roots.map(
    (root) =>
      new Set([...allPaths(root)].flatMap(([path, node]) => scanOf(path, node).packages.map((p) => identity(path, p)))),
  );
  const top = roots[roots.length - 1];
  if (top === undefined) return { packages: [], problems: [] };
  const effective = effectiveNamespace(top);
  const packages = new Set<string>();
  const problems: string[] = [];
  for (const [path, node] of allPaths(top)) {
    if (!NAMED_SCANNERS.some((scanner) => scanner.wants(path))) continue;
    if (node.kind === 'special' && !path.includes('etc/') && !path.endsWith('os-release'))
      problems.push(`${path} incomplete`);
    if (node.kind !== 'regular') continue;
    if (node.content === 'unknown') problems.push(`${path} incomplete`);
    else if (node.content.text === 'too-large') problems.push(`${path} limit`);
    for (const pkg of scanOf(path, node).packages) {
      let since = present.length - 1;
      while (since > 0 && present[since - 1]?.has(identity(path, pkg))) since -= 1;
      const namespace = pkg.type === effective.type ? effective.namespace : '';
      packages.add(`${identity(path, pkg)} ${pkg.source.name} [${namespace}] since ${since} from ${node.layer}`);
    }
  }
  return { packages: [...packages].sort(), problems: problems.sort() };
}

function actualOf(stack: readonly (readonly TarEntry[])[]): Expected {
  const { packages, problems } = resolveInventory(stacked(...stack));
  const number = (digest: string): string => digest.replace('sha256:', '');
  return {
    packages: packages
      .flatMap((pkg) =>
        pkg.locations.map(
          ({ path, introducedIn, layer }) =>
            `${identity(path, pkg)} ${pkg.source.name} [${pkg.namespace}] since ${number(introducedIn)} from ${number(layer)}`,
        ),
      )
      .sort(),
    problems: problems
      .filter(isOfPath)
      .map(({ path, kind }) => `${path} ${kind}`)
      .sort(),
  };
}

/** A file that does not read is the scanner's business, not the overlay's. */
function isOfPath({ kind }: FileProblem): boolean {
  return kind !== 'malformed';
}

describe('overlay', () => {
  it(`gives what a scan of the flattened file system gives, for ${STACKS} random stacks`, () => {
    let packages = 0;
    let problems = 0;
    for (let seed = 1; seed <= STACKS; seed += 1) {
      const stack = randomStack(seed);
      const expected = expectedOf(stack);
      expect(actualOf(stack), `seed ${seed}: ${JSON.stringify(stack)}`).toEqual(expected);
      packages += expected.packages.length;
      problems += expected.problems.length;
    }
    // The law holds trivially for empty images: most stacks must have something in them.
    expect(packages).toBeGreaterThan(STACKS);
    expect(problems).toBeGreaterThan(STACKS / 10);
  });
});
