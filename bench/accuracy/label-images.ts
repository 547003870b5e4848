/** One judgement of a person: whether the flaw is in the package of that image. */
export interface Label {
  readonly image: { readonly exact: string };
  readonly label: 'TP' | 'FP' | '??';
  readonly vulnerability_id: string;
  readonly effective_cve?: string;
  readonly package?: { readonly name: string; readonly version: string };
}

/** The distribution of an image, as far as it is certain. The namespace is empty where the release is not. */
export interface ImageFamily {
  readonly family: string;
  readonly namespace: string;
}

/** The family of images of which only packages of languages are judged. */
export const NO_DISTRIBUTION = 'no distribution package is judged';

/** Images that say their distribution by their names. */
const NAMED: readonly (readonly [RegExp, ImageFamily])[] = [
  [/^docker\.io\/almalinux@/, { family: 'AlmaLinux 8', namespace: 'almalinux:8' }],
  [/^docker\.io\/rockylinux@/, { family: 'Rocky Linux 8', namespace: 'rocky:8' }],
  [/^mcr\.microsoft\.com\/cbl-mariner\//, { family: 'CBL-Mariner 2.0', namespace: 'mariner:2.0' }],
  [/^registry\.suse\.com\//, { family: 'SUSE Linux Enterprise', namespace: '' }],
  [/^cgr\.dev\/chainguard\//, { family: 'Wolfi', namespace: '' }],
];

/** What versions of packages say: a build of that distribution. */
const BUILDS: readonly (readonly [RegExp, string])[] = [
  [/\.amzn2/, 'Amazon Linux 2'],
  [/\.el\d/, 'Red Hat Enterprise Linux, CentOS, Oracle Linux'],
  [/-r\d+$/, 'Alpine'],
];

/** The libc of each release of Ubuntu, up to what the releases share with no other. */
const UBUNTU_LIBC: readonly (readonly [string, string])[] = [
  ['2.15-0ubuntu10', '12.04'],
  ['2.15-0ubuntu20', '12.10'],
  ['2.24-3ubuntu', '16.10'],
  ['2.28-0ubuntu1', '18.10'],
  ['2.31-0ubuntu9', '20.04'],
  ['2.32-0ubuntu3', '20.10'],
  ['2.33-0ubuntu5', '21.04'],
  ['2.36-0ubuntu4', '22.10'],
];

/** The distribution of each image, from its name or from what the versions of its packages have in common. */
export function imageFamilies(labels: readonly Label[]): ReadonlyMap<string, ImageFamily> {
  const versions = new Map<string, { name: string; version: string }[]>();
  for (const { image, package: pkg } of labels) {
    const known = versions.get(image.exact) ?? [];
    if (pkg !== undefined) known.push(pkg);
    versions.set(image.exact, known);
  }
  return new Map([...versions].map(([image, packages]) => [image, familyOf(image, packages)]));
}

function familyOf(image: string, packages: readonly { name: string; version: string }[]): ImageFamily {
  const named = NAMED.find(([pattern]) => pattern.test(image))?.[1];
  if (named !== undefined) return named;
  if (packages.some(({ version }) => /ubuntu/.test(version))) return ubuntuOf(packages);
  const releases = new Set(packages.flatMap(({ version }) => /[+~]deb(\d+)u\d/.exec(version)?.[1] ?? []));
  const [release] = releases;
  if (release !== undefined) {
    return {
      family: releases.size === 1 ? `Debian ${release}` : 'Debian',
      namespace: releases.size === 1 ? `debian:${release}` : '',
    };
  }
  const built = BUILDS.find(([pattern]) => packages.some(({ version }) => pattern.test(version)))?.[1];
  return { family: built ?? NO_DISTRIBUTION, namespace: '' };
}

function ubuntuOf(packages: readonly { name: string; version: string }[]): ImageFamily {
  const libc = packages.find(({ name }) => name === 'libc6' || name === 'libc-bin')?.version ?? '';
  const release = UBUNTU_LIBC.find(([prefix]) => libc.startsWith(prefix))?.[1];
  return { family: 'Ubuntu', namespace: release === undefined ? '' : `ubuntu:${release}` };
}
