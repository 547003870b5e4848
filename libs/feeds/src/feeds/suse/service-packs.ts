/** The last service pack of each major version of SUSE Linux Enterprise. From 16 on there are minor versions instead. */
const LAST_SERVICE_PACK: ReadonlyMap<number, number> = new Map([
  [10, 4],
  [11, 4],
  [12, 5],
  [15, 7],
]);
const MINORS_MAX = 9;

/** Every release of a major version, as `VERSION_ID` says it: `15`, `15.1` … `15.7`; `16.0` … `16.9`. */
export function releasesOfMajor(major: number): readonly string[] {
  const last = LAST_SERVICE_PACK.get(major);
  if (last === undefined) return Array.from({ length: MINORS_MAX + 1 }, (_, minor) => `${major}.${minor}`);
  return [String(major), ...Array.from({ length: last }, (_, i) => `${major}.${i + 1}`)];
}

const RELEASE = /^(\d{2})(?:\.(\d{1,2}))?$/;

/** The release, and those of its major version that follow it; `undefined` for what is no release. */
export function releasesFrom(release: string): readonly string[] | undefined {
  const [, major, minor = '0'] = RELEASE.exec(release) ?? [];
  if (major === undefined) return undefined;
  const from = Number(minor);
  return releasesOfMajor(Number(major)).filter((each) => Number(RELEASE.exec(each)?.[2] ?? '0') >= from);
}

/** Whether it is a release of SUSE Linux Enterprise by its form: `12`, `15.5`, `16.0`. */
export function isRelease(text: string): boolean {
  return RELEASE.test(text);
}
