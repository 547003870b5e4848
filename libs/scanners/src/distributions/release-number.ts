/** `9` of `9`, `9.4` and `9.4.1`; empty for anything that is not numbers between dots. */
export function majorOf(version: string): string {
  const [, major = ''] = /^0*(\d{1,4})(\.\d{1,8})*$/.exec(version) ?? [];
  return major;
}

/** `3.0` of `3.0`, `3.0.20240417` and `3`; empty for anything that is not numbers between dots. */
export function majorMinorOf(version: string): string {
  const [, major, minor = '0'] = /^(\d{1,4})(?:\.(\d{1,4}))?(?:\.\d{1,8})*$/.exec(version) ?? [];
  return major === undefined ? '' : `${major}.${minor}`;
}

/** `prefix` followed by the release; empty without a release. */
export function namespaceIn(prefix: string, release: string): string {
  return release === '' ? '' : `${prefix}:${release}`;
}
